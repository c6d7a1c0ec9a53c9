//! The events of a client: from their arguments to a command, and from its outcome to the answer.

use std::borrow::Cow;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::answer::{self, Failure};
use super::chat::Chat;
use super::{names, outbound};
use crate::engine::{Ack, Args, Incoming, Socket};
use crate::model::MessageKind;
use crate::model::ids::{ClientId, ConversationId, MessageId};
use crate::service::{NewMessage, ReadUpTo, ServiceError};

/// Runs one event. Unknown ones are answered, if an answer was asked for, and otherwise ignored.
pub(super) fn run(chat: &Chat, socket: &Socket<Chat>, incoming: Incoming<'_, Chat>) {
    let Incoming {
        name,
        args,
        attachments,
        ack,
        credit,
    } = incoming;
    if !attachments.is_empty() {
        let error = invalid(
            "attachments",
            "Please upload files over HTTP and send their ids.",
        );
        return fail(socket, ack, name, &error, None);
    }
    match name {
        names::JOIN_CONVERSATION => {
            let outcome =
                id(&args, 0, "conversationId").and_then(|room| chat.join(socket, room, None));
            answer::answer(ack, &outcome);
        }
        names::LEAVE_CONVERSATION => {
            // Leaving what one is not in, or what does not exist, leaves one outside of it.
            if let Ok(room) = id(&args, 0, "conversationId") {
                chat.leave(socket, room);
            }
            answer::answer(ack, &Ok(()));
        }
        names::SEND_MESSAGE => match Fields::of(&args) {
            Ok(fields) => send(chat, socket, &fields, ack, credit),
            Err(error) => fail(socket, ack, name, &error, None),
        },
        names::EDIT_MESSAGE => edit(chat, socket, &args, ack, credit),
        names::DELETE_MESSAGE => {
            match Fields::of(&args).and_then(|fields| fields.id("messageId")) {
                Ok(message) => {
                    let done = move |outcome| {
                        answer::answer(ack, &outcome);
                        drop(credit);
                    };
                    chat.service
                        .delete_message_then(socket.data().caller, message, done);
                }
                Err(error) => answer::answer(ack, &Err(error)),
            }
        }
        names::TYPING_START | names::TYPING_STOP => {
            let person = socket.data();
            let outcome = Fields::of(&args).and_then(|fields| {
                let room = fields.id("conversationId")?;
                if name == names::TYPING_START {
                    chat.service
                        .typing_started(person.caller, person.number, room)
                } else {
                    chat.service
                        .typing_stopped(person.caller, person.number, room)
                }
            });
            answer::answer(ack, &outcome);
        }
        names::MARK_MESSAGE_READ => {
            match Fields::of(&args).and_then(|fields| read_up_to(&fields)) {
                Ok((room, up_to)) => {
                    let done = move |outcome| {
                        answer::answer(ack, &outcome);
                        drop(credit);
                    };
                    chat.service
                        .mark_read_then(socket.data().caller, room, up_to, done);
                }
                Err(error) => answer::answer(ack, &Err(error)),
            }
        }
        _ => answer::answer(
            ack,
            &Err(invalid("event", "There is no event of this name.")),
        ),
    }
}

fn send(
    chat: &Chat,
    socket: &Socket<Chat>,
    fields: &Fields<'_>,
    ack: Option<Ack<Chat>>,
    credit: crate::engine::Credit<Chat>,
) {
    // One that is too long is not worth repeating.
    let client_id = fields.text("clientId").ok().flatten();
    let client_id = client_id.filter(|text| text.chars().count() <= ClientId::MAX);
    let new = match new_message(fields) {
        Ok(new) => new,
        Err(error) => return fail(socket, ack, names::SEND_MESSAGE, &error, client_id),
    };
    let sender = socket.clone();
    chat.service
        .send_then(socket.data().caller, new, move |outcome| {
            match outcome {
                Ok(sent) => {
                    sender.emit(&outbound::message_sent(&sent.message));
                    answer::send(ack, &sent.message);
                }
                Err(error) => fail(&sender, ack, names::SEND_MESSAGE, &error, client_id),
            }
            drop(credit);
        });
}

fn edit(
    chat: &Chat,
    socket: &Socket<Chat>,
    args: &Args<'_>,
    ack: Option<Ack<Chat>>,
    credit: crate::engine::Credit<Chat>,
) {
    let asked =
        Fields::of(args).and_then(|fields| Ok((fields.id("messageId")?, fields.content()?)));
    let (message, content) = match asked {
        Ok(asked) => asked,
        Err(error) => return answer::answer(ack, &Err(error)),
    };
    let caller = socket.data().caller;
    chat.service
        .edit_message_then(caller, message, content, move |outcome| {
            match outcome {
                Ok(edited) => answer::send(ack, &edited),
                Err(error) => answer::answer(ack, &Err(error)),
            }
            drop(credit);
        });
}

fn new_message(fields: &Fields<'_>) -> Result<NewMessage, ServiceError> {
    let conversation = fields.id("conversationId")?;
    let attachments = fields.texts("attachments")?;
    let content = match fields.text("content")? {
        // Files speak for themselves.
        None if !attachments.is_empty() => String::new(),
        _ => fields.content()?,
    };
    let kind = match fields.text("messageType")?.as_deref() {
        None | Some("text") => MessageKind::Text,
        Some("image") => MessageKind::Image,
        Some("file") => MessageKind::File,
        Some(_) => return Err(invalid("messageType", "Please use text, image or file.")),
    };
    let client_id = fields.text("clientId")?;
    Ok(NewMessage {
        conversation,
        content,
        kind,
        attachments,
        client_id,
    })
}

fn read_up_to(fields: &Fields<'_>) -> Result<(ConversationId, ReadUpTo), ServiceError> {
    let message: MessageId = fields.id("messageId")?;
    Ok((fields.id("conversationId")?, ReadUpTo::Message(message)))
}

/// Tells the sender of a message why it was refused; others only in their callback.
fn fail(
    socket: &Socket<Chat>,
    ack: Option<Ack<Chat>>,
    name: &str,
    error: &ServiceError,
    client_id: Option<String>,
) {
    let failure = Failure {
        client_id,
        ..Failure::from(error)
    };
    if name == names::SEND_MESSAGE {
        socket.emit(&outbound::message_error(&failure));
    }
    answer::send(ack, &failure);
}

const fn invalid(field: &'static str, message: &'static str) -> ServiceError {
    ServiceError::InvalidField { field, message }
}

/// An id as a bare argument.
fn id<T: FromStr>(args: &Args<'_>, index: usize, field: &'static str) -> Result<T, ServiceError> {
    let text: Cow<'_, str> = args
        .get(index)
        .map_err(|_| invalid(field, "Please give the id as a string."))?;
    text.parse().map_err(|_| ServiceError::NotFound)
}

/// The fields of an event's first argument. Those we don't know are ignored; those that we know
/// are read when they are needed, so that an error can name the one at fault.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    #[serde(borrow, default)]
    conversation_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    client_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    attachments: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    fn of(args: &Args<'a>) -> Result<Self, ServiceError> {
        let error = || invalid("payload", "Please send one object, each field once.");
        // An array would be taken for the fields in their order.
        let object = args.raw(0).filter(|raw| raw.starts_with('{'));
        serde_json::from_str(object.ok_or_else(error)?).map_err(|_| error())
    }

    fn raw(&self, field: &str) -> Option<&'a RawValue> {
        match field {
            "conversationId" => self.conversation_id,
            "content" => self.content,
            "messageType" => self.message_type,
            "clientId" => self.client_id,
            "messageId" => self.message_id,
            "attachments" => self.attachments,
            _ => None,
        }
    }

    /// A text field; `None` when it is missing or null.
    fn text(&self, field: &'static str) -> Result<Option<String>, ServiceError> {
        let Some(raw) = self.raw(field) else {
            return Ok(None);
        };
        serde_json::from_str(raw.get()).map_err(|_| invalid(field, "Please give this as a string."))
    }

    fn content(&self) -> Result<String, ServiceError> {
        let content = self.text("content")?;
        content.ok_or_else(|| invalid("content", "Please say something."))
    }

    /// An id; what is no id names nothing.
    fn id<T: FromStr>(&self, field: &'static str) -> Result<T, ServiceError> {
        let text = self
            .text(field)?
            .ok_or_else(|| invalid(field, "Please give this id."))?;
        text.parse().map_err(|_| ServiceError::NotFound)
    }

    /// A list of texts; none when it is missing or null.
    fn texts(&self, field: &'static str) -> Result<Vec<String>, ServiceError> {
        let Some(raw) = self.raw(field) else {
            return Ok(Vec::new());
        };
        let list = serde_json::from_str::<Option<_>>(raw.get());
        let list = list.map_err(|_| invalid(field, "Please give a list of strings."))?;
        Ok(list.unwrap_or_default())
    }
}
