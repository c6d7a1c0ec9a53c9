/**
 * The shapes that travel between this page and the server, as the wire contract names them.
 * Types only: nothing here runs, and no other module writes these names again.
 */

import type { Attachment } from "./stored";

export type * from "./events";
export type * from "./found";
export type * from "./stored";

/** ISO-8601 in UTC with milliseconds, e.g. `2026-11-22T15:00:00.123Z`. */
export type Time = string;

/** A person with an account on this server. */
export interface User {
  id: string;
  username: string;
  displayName: string;
  name: string;
  role: "admin" | "member";
  disabled: boolean;
  online: boolean;
  lastSeenAt: Time | null;
  createdAt: Time;
  /** The address of the chosen picture; absent: initials. */
  avatarUrl?: string | undefined;
}

/** The author of a message as embedded in it. */
export type Sender = Pick<User, "id" | "username" | "displayName" | "name" | "avatarUrl">;

/** A user inside one conversation. */
export interface Member extends User {
  memberRole: "owner" | "member";
  joinedAt: Time;
  lastReadAt: Time | null;
  lastReadSeq: number;
}

/** One stored message. `seq` counts 1, 2, 3… without gaps inside its conversation. */
export interface Message {
  id: string;
  seq: number;
  conversationId: string;
  senderId: string;
  sender: Sender;
  content: string;
  messageType: string;
  attachments: Attachment[];
  createdAt: Time;
  updatedAt: Time;
  /** When the words were changed. */
  editedAt?: Time;
  /** When it was deleted; words and files are gone then. */
  deletedAt?: Time;
  /** Ids of the members that it names, and `all`. */
  mentions: string[];
  clientId?: string;
}

/** What one settles about a conversation for oneself alone. */
export interface OwnSettings {
  /** Only what names one makes a noise. */
  muted: boolean;
  /** It stands on top. */
  pinned: boolean;
  /** It was put away; a new message brings it back, unless it is muted. */
  archived: boolean;
}

/** A direct or group conversation as the caller sees it. */
export interface Conversation extends OwnSettings {
  id: string;
  title: string | null;
  isGroup: boolean;
  members: Member[];
  memberCount: number;
  createdAt: Time;
  updatedAt: Time;
  lastMessage: Message | null;
  lastSeq: number;
  lastReadSeq: number;
  unread: number;
  /** An administrator archived it for everybody: it is read, and nobody writes. */
  readOnly: boolean;
  /** Unread messages that name the caller; 100 stands for more. */
  mentions: number;
  memberRole: "owner" | "member";
  /** The address of the group's picture; absent: initials. */
  avatarUrl?: string | undefined;
}

/** What one has begun to write in a conversation; empty: nothing any more. */
export interface Draft {
  conversationId: string;
  content: string;
  updatedAt: Time;
}

/** A signed-in browser or device of the caller. */
export interface Session {
  id: string;
  current: boolean;
  createdAt: Time;
  lastUsedAt: Time;
  userAgent: string;
  address: string;
}

/** A link that signs one further device of one's own in. */
export interface Handoff {
  link: string;
  expiresAt: Time;
  expiresInSeconds: number;
  /** An SVG document. */
  qrSvg: string;
  /** Where a device learns to trust the server first; absent if every device does. */
  trustLink?: string | undefined;
}

/** Whom such a link signs in. */
export interface HandoffState {
  serverName: string;
  username: string;
  displayName: string;
  expiresAt: Time;
}

/** An invitation link. `qrSvg` and `trustLink` are present only in the answer that created it. */
export interface Invite {
  id: string;
  code: string;
  link: string;
  conversationId: string | null;
  createdBy: string;
  createdAt: Time;
  expiresAt: Time | null;
  maxUses: number | null;
  uses: number;
  qrSvg?: string;
  /** Where a newcomer's device learns to trust the server first; absent if every device does. */
  trustLink?: string | undefined;
}

/** What an invitation shows before it is accepted. */
export interface InvitePreview {
  serverName: string;
  invitedBy: string;
  conversationTitle: string | null;
  expiresAt: Time | null;
  /** Why nobody comes in by it now: its group is archived, it is full, or nobody may make an account. */
  obstacle: "readOnly" | "members" | "registration" | null;
}

/** A page of history, oldest first; a `null` cursor means there is nothing more that way. */
export interface MessagePage {
  messages: Message[];
  before: string | null;
  after: string | null;
}

/** The one error shape of the server, in HTTP bodies and in realtime answers. */
export interface WireError {
  code: string;
  message: string;
  field?: string;
  limit?: number;
  retryAfter?: number;
  /** Names the request in the server's log, where the fault is the server's. */
  requestId?: string;
}

/** What `sendMessage` takes; `senderId` is accepted for the origin's callers and ignored. */
export interface MessageData {
  content: string;
  conversationId: string;
  messageType?: string;
  senderId?: string;
  clientId?: string;
  /** Files of the tray that go with it, by their ids there. */
  uploads?: readonly string[];
}

/** Limits the server enforces, repeated here so that a form can speak before it is sent. */
export const LIMITS = {
  username: 32,
  displayName: 64,
  passwordMin: 8,
  passwordMax: 256,
  title: 100,
  content: 8000,
  attachments: 10,
  page: 50,
  inviteHours: 168,
  inviteUses: 10,
} as const;
