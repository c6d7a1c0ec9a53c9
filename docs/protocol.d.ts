// The shapes of Inkspot's wire; docs/PROTOCOL.md says what they mean.
// Generated from the server's own types: don't edit. `UPDATE_PROTOCOL=1 cargo test protocol` writes it anew.

export type Role = "member" | "admin";

export type MemberRole = "member" | "owner";

export type MessageType = "text" | "image" | "file";

export type FileKind = "image" | "video" | "audio" | "file";

export type Sender = {
  /** Opaque id. */
  id: string;
  /** Unique name for signing in and mentions. */
  username: string;
  /** What others see. */
  displayName: string;
  /** The same as `displayName`, under the origin's name. */
  name: string;
  /** Where their face is. */
  avatarUrl?: string;
};

export type User = {
  /** Opaque id. */
  id: string;
  /** Unique name for signing in and mentions. */
  username: string;
  /** What others see. */
  displayName: string;
  /** The same as `displayName`, under the origin's name. */
  name: string;
  /** `admin` or `member`. */
  role: Role;
  /** Whether the account is disabled. */
  disabled: boolean;
  /** Whether they are here now. */
  online: boolean;
  /** When they were last here; ISO 8601, UTC. */
  lastSeenAt: string | null;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Where their face is. */
  avatarUrl?: string;
};

export type Member = {
  /** `owner` or `member`. */
  memberRole: MemberRole;
  /** ISO 8601, UTC. */
  joinedAt: string;
  /** ISO 8601, UTC. */
  lastReadAt: string | null;
  /** Everything up to here they have read. */
  lastReadSeq: number;
  /** Opaque id. */
  id: string;
  /** Unique name for signing in and mentions. */
  username: string;
  /** What others see. */
  displayName: string;
  /** The same as `displayName`, under the origin's name. */
  name: string;
  /** `admin` or `member`. */
  role: Role;
  /** Whether the account is disabled. */
  disabled: boolean;
  /** Whether they are here now. */
  online: boolean;
  /** When they were last here; ISO 8601, UTC. */
  lastSeenAt: string | null;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Where their face is. */
  avatarUrl?: string;
};

export type Thumbnail = {
  /** Where it is. */
  url: string;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
};

export type File = {
  /** Opaque id. */
  id: string;
  /** At most 255 bytes, safe as a file's name. */
  name: string;
  /** Media type, told by its content. */
  mime: string;
  /** In bytes. */
  size: number;
  /** `image`, `video`, `audio` or `file`. */
  kind: FileKind;
  /** Where it is, for those who may see it. */
  url: string;
  /** Of a picture, in pixels as shown. */
  width?: number;
  /** Of a picture, in pixels as shown. */
  height?: number;
  /** A blurred preview of a picture: a `ThumbHash` in base 64. */
  placeholder?: string;
  /** Smaller stills of a picture, the smallest first. */
  thumbnails: Array<Thumbnail>;
};

export type FileSource = {
  /** Opaque id. */
  id: string;
  /** Its position in the conversation. */
  seq: number;
  /** Who sent it. */
  senderId: string;
  /** Who sent it, in full. */
  sender: Sender;
  /** ISO 8601, UTC. */
  createdAt: string;
};

export type SentFile = {
  /** Its message. */
  message: FileSource;
  /** Opaque id. */
  id: string;
  /** At most 255 bytes, safe as a file's name. */
  name: string;
  /** Media type, told by its content. */
  mime: string;
  /** In bytes. */
  size: number;
  /** `image`, `video`, `audio` or `file`. */
  kind: FileKind;
  /** Where it is, for those who may see it. */
  url: string;
  /** Of a picture, in pixels as shown. */
  width?: number;
  /** Of a picture, in pixels as shown. */
  height?: number;
  /** A blurred preview of a picture: a `ThumbHash` in base 64. */
  placeholder?: string;
  /** Smaller stills of a picture, the smallest first. */
  thumbnails: Array<Thumbnail>;
};

export type Message = {
  /** Opaque id. */
  id: string;
  /** Position in the conversation: 1, 2, 3 … without gaps. */
  seq: number;
  /** Where it is. */
  conversationId: string;
  /** Who wrote it. */
  senderId: string;
  /** Who wrote it, in full. */
  sender: Sender;
  /** The words; empty when it is deleted. */
  content: string;
  /** `text`, `image` or `file`. */
  messageType: MessageType;
  /** Files. */
  attachments: Array<File>;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** ISO 8601, UTC. */
  updatedAt: string;
  /** When its words were last changed; ISO 8601, UTC. */
  editedAt?: string;
  /** When it was deleted; nothing of what it said is left then. ISO 8601, UTC. */
  deletedAt?: string;
  /** Ids of the members that it names, and `all` if it names everybody. */
  mentions: Array<string>;
  /** The sender's own name for it. */
  clientId?: string;
};

export type MessageVersion = {
  /** The words. */
  content: string;
  /** Since when; ISO 8601, UTC. */
  at: string;
};

export type Draft = {
  /** Where. */
  conversationId: string;
  /** The words; empty when there is no draft any more. */
  content: string;
  /** ISO 8601, UTC. */
  updatedAt: string;
};

export type Conversation = {
  /** Opaque id. */
  id: string;
  /** A group's name. */
  title: string | null;
  /** Group or direct. */
  isGroup: boolean;
  /** Some of the members: all of a direct conversation. */
  members: Array<Member>;
  /** How many there are in all. */
  memberCount: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Last activity; ISO 8601, UTC. */
  updatedAt: string;
  /** The newest message. */
  lastMessage: Message | null;
  /** Position of the newest message; 0 when empty. */
  lastSeq: number;
  /** Everything up to here the caller has read, or left unmarked. */
  lastReadSeq: number;
  /** `lastSeq - lastReadSeq`. */
  unread: number;
  /** Unread messages that name the caller; 100 stands for 100 or more. */
  mentions: number;
  /** Whether the caller wants no noise from it. */
  muted: boolean;
  /** Whether the caller wants it on top. */
  pinned: boolean;
  /** Whether the caller put it away. A new message brings it back, unless it is muted. */
  archived: boolean;
  /** Whether an administrator archived it for everybody: it is read, and nobody writes. */
  readOnly: boolean;
  /** The caller's own role. */
  memberRole: MemberRole;
  /** Where a group's face is. */
  avatarUrl?: string;
};

export type ConversationBrief = {
  /** Opaque id. */
  id: string;
  /** A group's name. */
  title: string | null;
  /** Group or direct. */
  isGroup: boolean;
  /** How many members there are. */
  memberCount: number;
  /** The other person of a direct one. */
  with?: Sender;
  /** Where a group's face is. */
  avatarUrl?: string;
};

export type SearchHit = {
  /** As it is now. */
  message: Message;
  /** Where it is. */
  conversation: ConversationBrief;
  /** What to mark in the message's content: from and to, in UTF-16 units, in order, apart from each other. */
  highlights: [number, number][];
};

export type SearchPage = {
  /** The newest first. There may be fewer than asked for, even none, although more follow. */
  hits: Array<SearchHit>;
  /** Ask with `cursor` for the following page; `null` when nothing more is there. */
  next: string | null;
  /** How long the search took, in milliseconds. */
  tookMs: number;
  /** Whether some messages can't be found yet, because the index is being built. */
  indexing: boolean;
};

export type Session = {
  /** Opaque id. */
  id: string;
  /** Whether it is the one that asks. */
  current: boolean;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** ISO 8601, UTC; about an hour's precision. */
  lastUsedAt: string;
  /** The client's own description. */
  userAgent: string;
  /** The address that signed in. */
  address: string;
};

export type Invite = {
  /** Opaque id. */
  id: string;
  /** The secret in its link. */
  code: string;
  /** What to send to the people that are invited. */
  link: string;
  /** The group it leads to, besides "Everyone". */
  conversationId: string | null;
  /** Who made it. */
  createdBy: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** When it stops working; ISO 8601, UTC. */
  expiresAt: string | null;
  /** How many people it lets in. */
  maxUses: number | null;
  /** How many it let in so far. */
  uses: number;
};

export type ErrorDetail = {
  /** Stable name of the fault. */
  code: string;
  /** A sentence for people that says what to do. */
  message: string;
  /** The field or parameter to blame. */
  field?: string;
  /** The limit that was passed. */
  limit?: number;
  /** Seconds until trying again makes sense. */
  retryAfter?: number;
  /** Names the request in the server's log, where the fault is the server's. */
  requestId?: string;
};

export type ErrorBody = {
  /** What went wrong. */
  error: ErrorDetail;
};

export type SessionGreeting = {
  userId: string;
  username: string;
  serverName: string;
  recovered: boolean;
  head: number;
};

export type MessageReadData = {
  conversationId: string;
  messageId: string;
  userId: string;
  readAt: string;
  seq: number;
};

export type TypingData = {
  conversationId: string;
  userId: string;
  userName: string;
};

export type UserStatus = {
  userId: string;
  status: "online" | "offline";
  isOnline: boolean;
  lastSeen: string | null;
};

export type UpdateReason = "message" | "members" | "renamed" | "created" | "archived";

export type ConversationUpdate = {
  conversationId: string;
  title: string | null;
  avatarUrl?: string;
  isGroup: boolean;
  lastSeq: number;
  lastMessage: Message | null;
  updatedAt: string;
  memberCount: number;
  readOnly: boolean;
  reason: UpdateReason;
};

export type OwnReadUpdate = {
  conversationId: string;
  lastReadSeq: number;
  reason: "read";
};

export type OwnSettingsUpdate = {
  conversationId: string;
  muted: boolean;
  pinned: boolean;
  archived: boolean;
  reason: "settings";
};

export type ConversationRemoved = {
  conversationId: string;
  reason: "removed" | "left" | "deleted";
};

export type ServerState = {
  writable: boolean;
  reason?: "storage_full";
};

export type SessionStarted = {
  sessionId: string;
  /** The client's own description. */
  userAgent: string;
  /** The address that signed in. */
  address: string;
  createdAt: string;
};

export type SessionEnded = {
  code: string;
  message: string;
};

export type RealtimeError = {
  /** A sentence for people. */
  error: string;
  /** A stable name for programs. */
  code: string;
  /** The field at fault. */
  field?: string;
  /** The limit that was passed. */
  limit?: number;
  /** Seconds until trying again makes sense. */
  retryAfter?: number;
  /** The sender's own name for the message that failed. */
  clientId?: string;
};

export type CheckId =
  | "proxy"
  | "names"
  | "ports"
  | "certificate"
  | "local-name"
  | "clock"
  | "memory"
  | "descriptors"
  | "service"
  | "data"
  | "disk"
  | "sync"
  | "backups";

export type CheckFacts = {
  "proxy-none": "address";
  "proxy-known": "address";
  "proxy-disbelieved": "address";
  "proxy-silent": "address";
  "proxy-unencrypted": "address";
  "names-none": never;
  "names-here": "names";
  "names-proxied": "ways";
  "names-elsewhere": "ways";
  "names-unanswered": "name";
  "names-nowhere": "name" | "error";
  "ports-later": never;
  "ports-answered": "version" | "addresses";
  "ports-free": "free";
  "ports-partly": "version" | "addresses" | "free";
  "ports-unusable": "address" | "error";
  "ports-taken": "address";
  "ports-other": "address" | "status";
  "ports-silent": "address";
  "ports-no-tls": "address" | "error";
  "ports-no-http": "address" | "error";
  "certificate-elsewhere": never;
  "certificate-authority": never;
  "certificate-later": never;
  "certificate-awaited": "names";
  "certificate-not-given": "names" | "error" | "advice";
  "certificate-not-renewed": "until" | "error" | "advice";
  "certificate-good": "until";
  "certificate-public": "names" | "until";
  "certificate-own": "names" | "until";
  "certificate-unset": never;
  "certificate-unreadable": "path" | "error";
  "certificate-empty": "path";
  "certificate-other-key": "cert" | "key" | "error";
  "certificate-key-open": "path";
  "certificate-not-shown": never;
  "certificate-garbled": never;
  "certificate-ends": "until";
  "certificate-ended": "until";
  "certificate-early": never;
  "certificate-other-name": "name";
  "certificate-unknown": never;
  "certificate-refused": "name" | "error";
  "local-name-off": never;
  "local-name-public": never;
  "local-name-not-local": never;
  "local-name-nowhere": never;
  "local-name-free": "name";
  "local-name-there": "name";
  "local-name-leads": "name";
  "local-name-unasked": "error";
  "local-name-taken": "address" | "name";
  "local-name-untold": "name";
  "local-name-blocked": "name";
  "local-name-changed": "wanted" | "name";
  "local-name-changed-for": "address" | "wanted" | "name";
  "local-name-shared": "address" | "name";
  "clock-seen": "now";
  "clock-kept": "now";
  "clock-unkept": "now";
  "clock-wrong": "now";
  "memory-unknown": never;
  "memory-sized": "mostBytes" | "budgetBytes";
  "memory-good": "mostBytes" | "freeBytes" | "budgetBytes";
  "memory-short": "mostBytes" | "freeBytes" | "budgetBytes";
  "memory-exceeded": "mostBytes" | "budgetBytes" | "fitsMib";
  "descriptors-unlimited": never;
  "descriptors-good": "most";
  "descriptors-few": "most";
  "service-no-systemd": never;
  "service-watched": never;
  "service-no-unit": never;
  "service-enabled": never;
  "service-not-enabled": never;
  "data-private": "path";
  "data-later": "path";
  "data-no-directory": "path";
  "data-unseen": "path" | "error";
  "data-of-another": "path" | "owner" | "user";
  "data-open": "path" | "mode";
  "disk-good": "freeBytes" | "totalBytes" | "reserveBytes";
  "disk-low": "freeBytes" | "totalBytes" | "reserveBytes";
  "disk-full": "freeBytes" | "totalBytes" | "reserveBytes";
  "disk-unseen": "error";
  "sync-good": "usualMs" | "worstMs";
  "sync-slow": "usualMs" | "worstMs";
  "sync-impossible": "path" | "error";
  "backups-off": never;
  "backups-later": "folder";
  "backups-good": "folder" | "hours" | "madeAt";
  "backups-none": "folder";
  "backups-old": "folder" | "hours" | "madeAt";
  "backups-secret-no-file": "path";
  "backups-secret-unreadable": "path" | "error";
  "backups-secret-short": "path" | "least";
  "backups-secret-lines": "path";
  "backups-secret-long": "path" | "most";
  "backups-secret-open": "path";
};

export type CheckTrouble =
  | "proxy-disbelieved"
  | "proxy-silent"
  | "proxy-unencrypted"
  | "names-elsewhere"
  | "names-unanswered"
  | "names-nowhere"
  | "ports-unusable"
  | "ports-taken"
  | "ports-other"
  | "ports-silent"
  | "ports-no-tls"
  | "ports-no-http"
  | "certificate-awaited"
  | "certificate-not-given"
  | "certificate-not-renewed"
  | "certificate-unset"
  | "certificate-unreadable"
  | "certificate-empty"
  | "certificate-other-key"
  | "certificate-key-open"
  | "certificate-not-shown"
  | "certificate-garbled"
  | "certificate-ends"
  | "certificate-ended"
  | "certificate-early"
  | "certificate-other-name"
  | "certificate-unknown"
  | "certificate-refused"
  | "local-name-unasked"
  | "local-name-taken"
  | "local-name-untold"
  | "local-name-blocked"
  | "local-name-changed"
  | "local-name-changed-for"
  | "local-name-shared"
  | "clock-unkept"
  | "clock-wrong"
  | "memory-short"
  | "memory-exceeded"
  | "descriptors-few"
  | "service-not-enabled"
  | "data-no-directory"
  | "data-unseen"
  | "data-of-another"
  | "data-open"
  | "disk-low"
  | "disk-full"
  | "disk-unseen"
  | "sync-slow"
  | "sync-impossible"
  | "backups-none"
  | "backups-old"
  | "backups-secret-no-file"
  | "backups-secret-unreadable"
  | "backups-secret-short"
  | "backups-secret-lines"
  | "backups-secret-long"
  | "backups-secret-open";

export type CheckAdvice =
  | "wait"
  | "wait-allowed"
  | "new-account"
  | "out-of-order"
  | "their-words"
  | "clock-or-root"
  | "way-out"
  | "directory"
  | "root-file"
  | "other-authority"
  | "account-beforehand"
  | "records"
  | "way-in"
  | "both-ports"
  | "other-server"
  | "caa"
  | "other-name"
  | "email"
  | "terms"
  | "report";

export type AddressCheckFacts = {
  "url-name-found": "host" | "address";
  "url-name-invalid": "url";
  "url-name-nowhere": "name" | "error";
  "url-answer-good": "version";
  "url-answer-unreachable": "url" | "error";
  "url-answer-failed": "url" | "error";
  "url-answer-other": "url" | "status";
  "url-headers-good": never;
  "url-headers-failed": "error";
  "url-headers-refused": never;
  "url-headers-other": "status";
  "url-path-root": never;
  "url-path-below": "path";
  "url-path-failed": "error";
  "url-path-other": "path" | "asked";
  "url-websocket-good": never;
  "url-websocket-polling": "error";
  "url-websocket-none": "error";
};
