//! Looking at packets closely, to find a fault: those of everybody, of one person, or about one
//! conversation.
//!
//! What people write never gets into the log: of each text only what is known to be a name of the
//! program's own (ids, moments, codes, names of events) is shown, of all others their length.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::RwLock;
use serde_json::Value;

use crate::base::clock::Timestamp;
use crate::base::logging::PACKETS;
use crate::config::Debug;
use crate::engine::{Seen, Way};
use crate::model::ids::{ConversationId, FileId, MessageId, Offset, SessionId, UserId};
use crate::model::name::fold;

/// The most of a packet that is shown, in bytes.
const SHOWN: usize = 2000;

/// What is looked at. Cheap to ask while that is nothing.
#[derive(Default)]
pub(super) struct Watch {
    on: AtomicBool,
    topics: RwLock<Vec<Debug>>,
}

impl Watch {
    /// From now on this is looked at.
    pub(super) fn set(&self, topics: Vec<Debug>) {
        self.on.store(!topics.is_empty(), Ordering::Relaxed);
        *self.topics.write() = topics;
    }

    /// Whether anything is.
    pub(super) fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Logs a packet if it is looked at. `user` is the username of whose connection it is, as far as
    /// that is known.
    pub(super) fn note(&self, socket: &str, user: Option<&str>, way: Way, packet: Seen<'_>) {
        let packet = match packet {
            Seen::Text(text) => Redacted::of(text),
            Seen::Binary(bytes) => Redacted::plain(format!("<{bytes} bytes>")),
            Seen::Signal(name) => Redacted::plain(name.to_owned()),
        };
        let is_meant = |topic: &Debug| match topic {
            Debug::Realtime => true,
            Debug::RealtimeOfUser(name) => user.is_some_and(|user| fold(user) == fold(name)),
            Debug::RealtimeOfConversation(id) => packet.names(id),
        };
        if !self.topics.read().iter().any(is_meant) {
            return;
        }
        let way = match way {
            Way::In => "in",
            Way::Out => "out",
        };
        tracing::debug!(target: PACKETS, socket, user, way, packet = packet.text, "packet");
    }
}

/// A packet as it may be shown.
struct Redacted {
    text: String,
    /// The ids in it.
    ids: Vec<String>,
}

impl Redacted {
    fn plain(text: String) -> Self {
        let ids = Vec::new();
        Self { text, ids }
    }

    /// A Socket.IO packet: its type and the like as they are, its JSON without what people wrote.
    fn of(packet: &str) -> Self {
        let json = packet.find(['[', '{', '"']).unwrap_or(packet.len());
        let (head, json) = packet.split_at(json);
        let is_head = |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | ',');
        let mut redacted = Self::plain(if head.chars().all(is_head) {
            head.to_owned()
        } else {
            length(head)
        });
        match serde_json::from_str::<Value>(json) {
            Ok(mut value) => {
                redacted.arguments(&mut value);
                redacted.text.push_str(&value.to_string());
            }
            Err(_) if json.is_empty() => {}
            Err(_) => redacted.text.push_str(&length(json)),
        }
        if redacted.text.len() > SHOWN {
            let end = redacted.text.floor_char_boundary(SHOWN);
            redacted.text.truncate(end);
            redacted.text.push('…');
        }
        redacted
    }

    /// Whether it is about this conversation.
    fn names(&self, conversation: &str) -> bool {
        // A message's id begins with that of its conversation.
        self.ids.iter().any(|id| id.starts_with(conversation))
    }

    /// The outermost value: an event's name and arguments, or an object.
    fn arguments(&mut self, value: &mut Value) {
        let Value::Array(items) = value else {
            return self.value(None, value);
        };
        for (index, item) in items.iter_mut().enumerate() {
            match item {
                Value::String(text) if index == 0 && is_event(text) => {}
                Value::String(text) if is_id(text) => self.ids.push(text.clone()),
                Value::String(text) => *text = length(text),
                other => self.value(None, other),
            }
        }
    }

    fn value(&mut self, key: Option<&str>, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                let named = std::mem::take(fields).into_iter();
                for (key, mut inner) in named {
                    self.value(Some(&key), &mut inner);
                    let key = if is_word(&key) { key } else { length(&key) };
                    fields.insert(key, inner);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(key, item)),
            Value::String(text) => match key.map(Known::of) {
                Some(Known::Id) if is_id(text) => self.ids.push(text.clone()),
                Some(Known::Moment) if text.parse::<Timestamp>().is_ok() => {}
                Some(Known::Word) if is_word(text) => {}
                _ => *text = length(text),
            },
            // What should be a text and is none may say something, too.
            Value::Number(_) if key == Some("content") => *value = Value::from("<number>"),
            Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }
}

/// What a field holds, by its name.
enum Known {
    Id,
    Moment,
    Word,
    Other,
}

impl Known {
    fn of(key: &str) -> Self {
        match key {
            "id" | "conversationId" | "messageId" | "userId" | "senderId" | "fileId" | "by"
            | "attachments" | "offset" | "replyTo" => Self::Id,
            "code" | "field" | "status" | "reason" | "type" | "messageType" | "role" | "kind"
            | "class" | "message" => Self::Word,
            _ if key.ends_with("At") || key == "lastSeen" => Self::Moment,
            _ => Self::Other,
        }
    }
}

fn is_id(text: &str) -> bool {
    text.parse::<ConversationId>().is_ok()
        || text.parse::<UserId>().is_ok()
        || text.parse::<MessageId>().is_ok()
        || text.parse::<FileId>().is_ok()
        || text.parse::<SessionId>().is_ok()
        || text.parse::<Offset>().is_ok()
}

/// A word of a program: no sentence, and no secret, which would be longer.
fn is_word(text: &str) -> bool {
    (1..=24).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// The name of an event that exists, or could.
fn is_event(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn length(text: &str) -> String {
    format!("<{} characters>", text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(packet: &str, shown: &str) {
        assert_eq!(Redacted::of(packet).text, shown);
    }

    #[test]
    fn what_people_write_is_its_length_and_ids_stay() {
        let conversation = ConversationId(77).to_string();
        let message = MessageId {
            conversation: ConversationId(77),
            seq: crate::model::ids::Seq(5),
        };
        check(
            &format!(
                r#"217["send-message",{{"content":"secret","conversationId":"{conversation}"}}]"#
            ),
            &format!(
                r#"217["send-message",{{"content":"<6 characters>","conversationId":"{conversation}"}}]"#
            ),
        );
        check(
            &format!(
                r#"2["new-message",{{"content":"geheim ü","createdAt":"2026-01-01T00:00:00.000Z","id":"{message}","sender":{{"displayName":"Anna"}}}},"hello"]"#
            ),
            &format!(
                r#"2["new-message",{{"content":"<8 characters>","createdAt":"2026-01-01T00:00:00.000Z","id":"{message}","sender":{{"displayName":"<4 characters>"}}}},"<5 characters>"]"#
            ),
        );
        let about = Redacted::of(&format!(r#"2["x",{{"messageId":"{message}"}}]"#));
        assert!(about.names(&conversation));
        assert!(!about.names(&ConversationId(78).to_string()));
    }

    #[test]
    fn a_secret_is_not_shown_wherever_it_stands() {
        let token = "q".repeat(43);
        for packet in [
            format!(r#"0{{"token":"{token}"}}"#),
            format!(r#"0{{"pid":"{token}","offset":"{token}"}}"#),
            format!(r#"2["{token}",{{"id":"{token}"}},"{token}"]"#),
            format!(r#"2["x",{{"{token}":["{token}",{{"code":"{token}"}}]}}]"#),
            format!(r#"2["x","{token}"#),
            format!("2{token}"),
        ] {
            let shown = Redacted::of(&packet).text;
            assert!(!shown.contains(&token), "{shown}");
            assert!(shown.contains('<'), "{shown}");
        }
        // What looks like an id but stands where people write.
        check(
            r#"2["send-message",{"content":"0123456789012"}]"#,
            r#"2["send-message",{"content":"<13 characters>"}]"#,
        );
        check(
            r#"2["send-message",{"content":42}]"#,
            r#"2["send-message",{"content":"<number>"}]"#,
        );
    }

    #[test]
    fn nothing_is_looked_at_unless_it_is_asked_for() {
        let watch = Watch::default();
        assert!(!watch.is_on());
        watch.set(vec![Debug::Realtime]);
        assert!(watch.is_on());
        watch.set(Vec::new());
        assert!(!watch.is_on());
    }
}
