//! The engine's rooms: which sockets hear a conversation, and which are a person's.
//!
//! The room of a conversation has no name outside of this file. So nobody comes in but by
//! [`join`], while nothing is published, and nothing that is published goes past [`tell`].

use super::chat::Chat;
use super::told::{Still, Telling};
use crate::engine::{Engine, Event, RoomId, Socket};
use crate::model::ids::{ConversationId, EventSeq, UserId};
use crate::service::{Service, ServiceError};

/// The sockets that joined a conversation.
const fn of(conversation: ConversationId) -> RoomId {
    RoomId::new(1, conversation.0)
}

/// All sockets of a person.
pub(super) const fn of_user(user: UserId) -> RoomId {
    RoomId::new(2, user.0)
}

/// Lets a socket hear a conversation; what came after `since` it heard already, or will.
/// Errors: `not_found` when its person is not a member.
pub(super) fn join(
    still: &Still<'_>,
    service: &Service,
    socket: &Socket<Chat>,
    conversation: ConversationId,
    since: Option<EventSeq>,
) -> Result<(), ServiceError> {
    let person = socket.data();
    if service.place(person.caller.user, conversation)?.is_none() {
        return Err(ServiceError::NotFound);
    }
    if socket.join(of(conversation)) {
        let since = since.unwrap_or(still.newest());
        person.joined.add((conversation, since));
    }
    Ok(())
}

/// Stops a socket from hearing a conversation. False: it didn't hear it.
pub(super) fn leave(socket: &Socket<Chat>, conversation: ConversationId) -> bool {
    let left = socket.leave(of(conversation));
    socket.data().joined.remove(conversation);
    left
}

/// Tells all who joined a conversation what happened in it.
pub(super) fn tell(
    _telling: &Telling<'_>,
    engine: &Engine<Chat>,
    conversation: ConversationId,
    event: &Event,
) {
    engine.emit(of(conversation), event, None);
}

/// Who joined a conversation.
pub(super) fn joined(
    _still: &Still<'_>,
    engine: &Engine<Chat>,
    conversation: ConversationId,
) -> Vec<Socket<Chat>> {
    engine.sockets_in(of(conversation))
}

/// Whether a socket joined a conversation.
pub(super) fn has_joined(socket: &Socket<Chat>, conversation: ConversationId) -> bool {
    socket.is_in(of(conversation))
}
