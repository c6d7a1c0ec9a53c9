//! The plain words of the house: ids, people, conversations, messages, events.
//!
//! No I/O, no encoding for disk (that is `store::codec`), no rules (those are `service`).

pub mod account;
pub mod certificate;
pub mod code;
pub mod conversation;
pub mod event;
pub mod file;
pub mod found;
pub mod house;
pub mod ids;
pub mod message;
pub mod name;
pub mod peer;
pub mod view;

pub use account::{Account, Invite, ResetLink, Role, Session};
pub use code::Code;
pub use conversation::{Conversation, Draft, GroupState, Member, MemberRole, OwnSettings};
pub use event::{Actor, Event, EventBody, SessionEnd};
pub use file::{AvatarOf, File, FileClass, FileUse, Thumbnail};
pub use found::{ConversationBrief, SearchHit, SearchPage};
pub use house::{House, Registration};
pub use ids::{
    ClientId, ConversationId, EventSeq, FileId, InviteId, MessageId, Offset, Seq, SessionId, UserId,
};
pub use message::{Mentions, Message, MessageKind, Version};
pub use peer::Peer;
