/** What events change in the list of conversations. */

import type { ConversationUpdate, Message, OwnReadUpdate, OwnSettingsUpdate, Sender } from "../lib/wire";
import { confirm, peekRoom, put, sortedConversations } from "./rooms";

/** Every form of `conversation-updated`. */
export type AnyUpdate = ConversationUpdate | OwnReadUpdate | OwnSettingsUpdate;

/** Applies `conversation-updated`; `load` fetches a conversation of which an update alone can't tell enough. */
export function applyUpdateWith(load: (id: string) => void, update: AnyUpdate, myId: string): void {
  const { conversationId: id } = update;
  const known = peekRoom(id);
  if (update.reason === "read") return applyOwnRead(id, myId, update.lastReadSeq);
  if (update.reason === "settings") {
    const { muted, pinned, archived } = update;
    return void (known && put({ ...known, muted, pinned, archived }));
  }
  if (known === undefined) return load(id);
  const { lastMessage } = update;
  const gap = update.lastSeq - known.lastSeq;
  // Of several new messages only the newest is told; the others may name one.
  if (update.reason === "members" || update.reason === "created" || (gap > 1 && known.isGroup)) load(id);
  put({
    ...known,
    title: update.title,
    avatarUrl: update.avatarUrl,
    memberCount: update.memberCount,
    readOnly: update.readOnly,
    updatedAt: update.updatedAt > known.updatedAt ? update.updatedAt : known.updatedAt,
    lastSeq: Math.max(known.lastSeq, update.lastSeq),
    lastMessage: gap >= 0 && lastMessage !== null ? lastMessage : known.lastMessage,
    lastReadSeq: readUpTo(known.lastReadSeq, lastMessage, myId),
    mentions: known.mentions + (gap > 0 && names(lastMessage, myId) ? 1 : 0),
    archived: known.archived && (known.muted || gap <= 0),
  });
}

/** Applies a message that came live. */
export function applyMessage(message: Message, myId: string): void {
  const known = peekRoom(message.conversationId);
  if (known === undefined || message.seq < known.lastSeq) return;
  const fresh = message.seq > known.lastSeq;
  put({
    ...known,
    lastSeq: message.seq,
    lastMessage: message,
    updatedAt: message.createdAt > known.updatedAt ? message.createdAt : known.updatedAt,
    lastReadSeq: readUpTo(known.lastReadSeq, message, myId),
    mentions: known.mentions + (fresh && names(message, myId) ? 1 : 0),
    archived: known.archived && (known.muted || !fresh),
  });
}

/** A message has other words now, or was deleted. */
export function applyChange(message: Message): void {
  const known = peekRoom(message.conversationId);
  if (known?.lastMessage?.id === message.id) put({ ...known, lastMessage: message });
}

/** A member, perhaps oneself, has read up to `seq`. */
export function applyRead(id: string, userId: string, seq: number, mine: boolean): void {
  const known = peekRoom(id);
  if (known === undefined) return;
  const further = known.members.some((member) => member.id === userId && member.lastReadSeq < seq);
  // Our own word comes back to us: whoever has drawn it need not do so again.
  if (!further && !(mine && known.lastReadSeq < seq)) return;
  const members = known.members.map((member) =>
    member.id === userId && member.lastReadSeq < seq ? { ...member, lastReadSeq: seq } : member,
  );
  put({ ...known, members, lastReadSeq: mine ? Math.max(known.lastReadSeq, seq) : known.lastReadSeq });
}

function applyOwnRead(id: string, myId: string, seq: number): void {
  applyRead(id, myId, seq, false);
  const known = peekRoom(id);
  if (known === undefined) return;
  const lastReadSeq = confirm(id, seq, known.lastReadSeq);
  if (lastReadSeq !== known.lastReadSeq) put({ ...known, lastReadSeq });
}

/** Applies `user-updated`: somebody is called something else now, or has another picture. */
export function applyName(sender: Sender): void {
  const who = { ...sender, avatarUrl: sender.avatarUrl };
  for (const room of sortedConversations.peek()) {
    const last = room.lastMessage?.senderId === who.id ? { ...room.lastMessage, sender: who } : room.lastMessage;
    const inside = room.members.some((member) => member.id === who.id);
    if (!inside && last === room.lastMessage) continue;
    put({ ...room, lastMessage: last, members: room.members.map((each) => (each.id === who.id ? { ...each, ...who } : each)) });
  }
}

/** Sending moves one's own mark to the sent line. */
function readUpTo(lastReadSeq: number, message: Message | null, myId: string): number {
  return message !== null && message.senderId === myId ? Math.max(lastReadSeq, message.seq) : lastReadSeq;
}

/** Whether somebody else's message names this person. */
function names(message: Message | null, id: string): boolean {
  if (message === null || message.senderId === id) return false;
  return message.mentions.includes(id) || message.mentions.includes("all");
}
