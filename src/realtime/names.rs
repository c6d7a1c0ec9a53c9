//! The names of all events, as the origin gave them. They never change.

/// Client → server: hear a conversation.
pub(super) const JOIN_CONVERSATION: &str = "join-conversation";
/// Client → server: stop hearing it.
pub(super) const LEAVE_CONVERSATION: &str = "leave-conversation";
/// Client → server: send a message.
pub(super) const SEND_MESSAGE: &str = "send-message";
/// Client → server: change what a message of mine says.
pub(super) const EDIT_MESSAGE: &str = "edit-message";
/// Client → server: erase a message.
pub(super) const DELETE_MESSAGE: &str = "delete-message";
/// Client → server: I type.
pub(super) const TYPING_START: &str = "typing-start";
/// Client → server: I stopped.
pub(super) const TYPING_STOP: &str = "typing-stop";
/// Client → server: I have read up to here.
pub(super) const MARK_MESSAGE_READ: &str = "mark-message-read";

/// Server → client: who you are here, and where the log stands.
pub(super) const SESSION: &str = "session";
/// Server → client: a message in a joined conversation.
pub(super) const NEW_MESSAGE: &str = "new-message";
/// Server → client: a message in a joined conversation was changed or deleted.
pub(super) const MESSAGE_UPDATED: &str = "message-updated";
/// Server → client: yours is on disk.
pub(super) const MESSAGE_SENT: &str = "message-sent";
/// Server → client: it is not, and why.
pub(super) const MESSAGE_ERROR: &str = "message-error";
/// Server → client: somebody types.
pub(super) const USER_TYPING: &str = "user-typing";
/// Server → client: they stopped.
pub(super) const USER_STOP_TYPING: &str = "user-stop-typing";
/// Server → client: somebody has read up to a message.
pub(super) const MESSAGE_READ: &str = "message-read";
/// Server → client: somebody came or went.
pub(super) const USER_STATUS: &str = "user-status";
/// Server → client: a person's public data changed.
pub(super) const USER_UPDATED: &str = "user-updated";
/// Server → client: the newest state of one of your conversations.
pub(super) const CONVERSATION_UPDATED: &str = "conversation-updated";
/// Server → client: what you began to write, on whichever device.
pub(super) const DRAFT_UPDATED: &str = "draft-updated";
/// Server → client: you are no longer in it.
pub(super) const CONVERSATION_REMOVED: &str = "conversation-removed";
/// Server → client: whether anything can be stored.
pub(super) const SERVER_STATE: &str = "server-state";
/// Server → client: you signed in on another device.
pub(super) const SESSION_STARTED: &str = "session-started";
/// Server → client: this session is over; the socket is closed next.
pub(super) const SESSION_ENDED: &str = "session-ended";
