/** The shapes of what the server tells by itself, over the socket; read them through `wire.ts`. Types only. */

import type { Message, OwnSettings, Time } from "./wire";

/** `user-typing` and `user-stop-typing`. */
export interface TypingData {
  conversationId: string;
  userId: string;
  userName: string;
}

/** `message-read`: this member has read up to `seq`. */
export interface MessageReadData {
  conversationId: string;
  messageId: string;
  userId: string;
  readAt: Time;
  seq: number;
}

/** `user-status`. */
export interface UserStatus {
  userId: string;
  status: "online" | "offline";
  isOnline: boolean;
  lastSeen: Time | null;
}

/** `conversation-updated` to one's own sockets: one has read further, perhaps on another device. */
export interface OwnReadUpdate {
  conversationId: string;
  lastReadSeq: number;
  reason: "read";
}

/** `conversation-updated` to one's own sockets: one has pinned, muted or archived it, perhaps on another device. */
export interface OwnSettingsUpdate extends OwnSettings {
  conversationId: string;
  reason: "settings";
}

/** `conversation-updated`: the newest state of a conversation. */
export interface ConversationUpdate {
  conversationId: string;
  title: string | null;
  isGroup: boolean;
  lastSeq: number;
  lastMessage: Message | null;
  updatedAt: Time;
  memberCount: number;
  readOnly: boolean;
  avatarUrl?: string | undefined;
  reason: "message" | "created" | "renamed" | "archived" | "members";
}

/** `conversation-removed`. */
export interface ConversationRemoval {
  conversationId: string;
  reason: "removed" | "left" | "deleted";
}

/** `server-state`: whether the server takes anything new; told when that changes, and after connecting when it does not. */
export interface ServerState {
  writable: boolean;
  /** Why not, e.g. `storage_full`. */
  reason?: string | undefined;
}

/** `session`: sent after every connect. */
export interface SessionHello {
  userId: string;
  username: string;
  serverName: string;
  recovered: boolean;
  head: number;
}

/** `session-started`: one signed in on a further device. */
export interface SessionStart {
  sessionId: string;
  userAgent: string;
  address: string;
  createdAt: Time;
}

/** `session-ended`: the server is about to disconnect this socket for good. */
export interface SessionEnd {
  code: string;
  message: string;
}
