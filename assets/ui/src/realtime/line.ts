/** What a tab may do with the connection, whichever tab holds the socket. */

import type { Emitter } from "../lib/emitter";
import type {
  ConversationRemoval,
  ConversationUpdate,
  Draft,
  Message,
  MessageReadData,
  OwnReadUpdate,
  OwnSettingsUpdate,
  Sender,
  ServerState,
  SessionEnd,
  SessionHello,
  SessionStart,
  TypingData,
  UserStatus,
} from "../lib/wire";

/** What the connection reports, under the names of the wire where there is one. */
export interface LineEvents {
  /** Connected; `recovered` when the server replayed what was missed. */
  opened: { recovered: boolean };
  /** The connection was lost after it had been open; `restarting`: the server said that it comes back at once. */
  lost: { restarting: boolean };
  /** An attempt failed; `code` when the server answered with a refusal. */
  refused: { code: string | null };
  session: SessionHello;
  "new-message": Message;
  "message-sent": Message;
  /** The same message with other words, or deleted. */
  "message-updated": Message;
  "user-typing": TypingData;
  "user-stop-typing": TypingData;
  "message-read": MessageReadData;
  "user-status": UserStatus;
  "user-updated": Sender;
  "conversation-updated": ConversationUpdate | OwnReadUpdate | OwnSettingsUpdate;
  "conversation-removed": ConversationRemoval;
  "draft-updated": Draft;
  "session-started": SessionStart;
  "session-ended": SessionEnd;
  "server-state": ServerState;
}

/** The names of the wire among them. */
export const WIRE_EVENTS = [
  "session",
  "new-message",
  "message-sent",
  "message-updated",
  "user-typing",
  "user-stop-typing",
  "message-read",
  "user-status",
  "user-updated",
  "conversation-updated",
  "conversation-removed",
  "draft-updated",
  "session-started",
  "session-ended",
  "server-state",
] as const satisfies readonly (keyof LineEvents)[];

/** How far the events of a connection were heard: enough to go on from there in another tab, or another day. */
export interface Position {
  pid: string;
  offset: string;
}

/** The connection. */
export interface Line<E extends LineEvents = LineEvents> {
  readonly events: Emitter<E>;
  /** Whether the server can hear us. */
  readonly connected: boolean;
  /** Sends without waiting; dropped while there is no connection. */
  tell(event: string, data: unknown): void;
  /** Sends and waits for the confirmation; rejects with a `Failure`. */
  ask<T>(event: string, data: unknown): Promise<T>;
}
