/** The list of conversations as the signed-in user sees it, kept in step by the events. */

import { computed, signal } from "@preact/signals";
import * as api from "../api/conversations";
import { toFailure, type Failure } from "../lib/failure";
import type { Conversation, ConversationUpdate, Member, Message, OwnReadUpdate, Sender, User, UserStatus } from "../lib/wire";

/** Whether somebody is here, and when they last were. */
export type Presence = Pick<User, "online" | "lastSeenAt">;

const byId = signal<ReadonlyMap<string, Conversation>>(new Map());
const statuses = signal<ReadonlyMap<string, Presence>>(new Map());
let cursor: string | null = null;
let generation = 0;

/** Where loading the list stands. */
export const listPhase = signal<"new" | "ready" | "failed">("new");
/** Why it failed, if it did. */
export const listFailure = signal<Failure | null>(null);
/** Whether older conversations can be loaded. */
export const listHasMore = signal(false);

/** All loaded conversations, newest activity first. */
export const sortedConversations = computed(() =>
  [...byId.value.values()].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0)),
);

/** Unread lines in all loaded conversations. */
export const totalUnread = computed(() => sortedConversations.value.reduce((sum, each) => sum + each.unread, 0));

/** One conversation, if it is loaded; subscribes the caller. */
export function conversation(id: string): Conversation | undefined {
  return byId.value.get(id);
}

/** The newest word on whether this person is here; subscribes the caller. */
export function presenceOf(user: Pick<User, "id"> & Presence): Presence {
  return statuses.value.get(user.id) ?? user;
}

/** Loads the newest page of the list again; what is known stays until it is there. */
export async function loadList(): Promise<void> {
  const mine = generation;
  try {
    const page = await api.getConversations(null);
    if (mine !== generation) return;
    statuses.value = new Map();
    for (const each of page.conversations) keep(each);
    cursor = page.next;
    listHasMore.value = cursor !== null;
    listFailure.value = null;
    listPhase.value = "ready";
  } catch (error) {
    if (mine !== generation) return;
    listFailure.value = toFailure(error);
    if (listPhase.peek() === "new") listPhase.value = "failed";
  }
}

/** Loads the next page of the list. */
export async function loadMoreList(): Promise<void> {
  if (!listHasMore.peek()) return;
  const from = cursor;
  listHasMore.value = false;
  const page = await api.getConversations(from).catch(() => null);
  for (const each of page?.conversations ?? []) keep(each);
  cursor = page === null ? from : page.next;
  listHasMore.value = cursor !== null;
}

/** Loads one conversation with its members; rejects with a `Failure`. */
export async function loadConversation(id: string): Promise<Conversation> {
  return keep(await api.getConversation(id));
}

/** Takes a conversation that the server has sent; what we know better about reading stays. */
export function keep(next: Conversation): Conversation {
  const known = byId.peek().get(next.id);
  const lastReadSeq = Math.max(next.lastReadSeq, known?.lastReadSeq ?? 0);
  const sameCrowd = known !== undefined && known.memberCount === next.memberCount;
  const members = sameCrowd && known.members.length > next.members.length ? mix(known.members, next.members) : next.members;
  return put({ ...next, members, lastReadSeq });
}

/** Forgets a conversation that one is no longer in. */
export function forget(id: string): void {
  const rest = new Map(byId.peek());
  rest.delete(id);
  byId.value = rest;
}

/** Forgets everything, for signing out. */
export function clearList(): void {
  generation += 1;
  cursor = null;
  byId.value = new Map();
  statuses.value = new Map();
  listHasMore.value = false;
  listFailure.value = null;
  listPhase.value = "new";
}

/** Applies `conversation-updated`; loads what an update alone can't tell. */
export function applyUpdate(update: ConversationUpdate | OwnReadUpdate, myId: string): void {
  if (update.reason === "read") return applyRead(update.conversationId, myId, update.lastReadSeq, true);
  const known = byId.peek().get(update.conversationId);
  if (known === undefined || update.reason === "members" || update.reason === "created") {
    void loadConversation(update.conversationId).catch(() => undefined);
    if (known === undefined) return;
  }
  const newer = update.lastSeq >= known.lastSeq;
  put({
    ...known,
    title: update.title,
    avatarUrl: update.avatarUrl,
    memberCount: update.memberCount,
    updatedAt: update.updatedAt > known.updatedAt ? update.updatedAt : known.updatedAt,
    lastSeq: Math.max(known.lastSeq, update.lastSeq),
    lastMessage: newer && update.lastMessage !== null ? update.lastMessage : known.lastMessage,
    lastReadSeq: readUpTo(known, update.lastMessage, myId),
  });
}

/** Applies a message that came live. */
export function applyMessage(message: Message, myId: string): void {
  const known = byId.peek().get(message.conversationId);
  if (known === undefined || message.seq <= known.lastSeq - 1) return;
  put({
    ...known,
    lastSeq: Math.max(known.lastSeq, message.seq),
    lastMessage: message,
    updatedAt: message.createdAt > known.updatedAt ? message.createdAt : known.updatedAt,
    lastReadSeq: readUpTo(known, message, myId),
  });
}

/** A message has other words now, or was deleted. */
export function applyChange(message: Message): void {
  const known = byId.peek().get(message.conversationId);
  if (known?.lastMessage?.id === message.id) put({ ...known, lastMessage: message });
}

/** A member, perhaps oneself, has read up to `seq`. */
export function applyRead(id: string, userId: string, seq: number, mine: boolean): void {
  const known = byId.peek().get(id);
  if (known === undefined) return;
  const members = known.members.map((member) =>
    member.id === userId && member.lastReadSeq < seq ? { ...member, lastReadSeq: seq } : member,
  );
  put({ ...known, members, lastReadSeq: mine ? Math.max(known.lastReadSeq, seq) : known.lastReadSeq });
}

/** Applies `user-status`. */
export function applyStatus(status: UserStatus): void {
  const next = new Map(statuses.peek());
  next.set(status.userId, { online: status.isOnline, lastSeenAt: status.lastSeen });
  statuses.value = next;
}

/** Applies `user-updated`: somebody is called something else now, or has another picture. */
export function applyName(sender: Sender): void {
  const who = { ...sender, avatarUrl: sender.avatarUrl };
  for (const room of byId.peek().values()) {
    const last = room.lastMessage?.senderId === who.id ? { ...room.lastMessage, sender: who } : room.lastMessage;
    const inside = room.members.some((member) => member.id === who.id);
    if (!inside && last === room.lastMessage) continue;
    put({ ...room, lastMessage: last, members: room.members.map((each) => (each.id === who.id ? { ...each, ...who } : each)) });
  }
}

function put(next: Conversation): Conversation {
  const whole = { ...next, unread: Math.max(0, next.lastSeq - next.lastReadSeq) };
  byId.value = new Map(byId.peek()).set(whole.id, whole);
  return whole;
}

/** Sending moves one's own mark to the sent line. */
function readUpTo(known: Conversation, message: Message | null, myId: string): number {
  return message !== null && message.senderId === myId ? Math.max(known.lastReadSeq, message.seq) : known.lastReadSeq;
}

function mix(known: readonly Member[], fresh: readonly Member[]): Member[] {
  const news = new Map(fresh.map((member) => [member.id, member]));
  return known.map((member) => news.get(member.id) ?? member);
}
