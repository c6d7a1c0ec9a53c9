/** The conversations that are known, and how far one has read in each. What changes them is next door. */

import { computed, signal } from "@preact/signals";
import type { Conversation, Member } from "../lib/wire";

const byId = signal<ReadonlyMap<string, Conversation>>(new Map());
/** Up to where the server said that one has read; it alone can take a mark back. */
const confirmed = new Map<string, number>();

/** All loaded conversations, newest activity first. */
export const sortedConversations = computed(() =>
  [...byId.value.values()].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0)),
);

/** Unread lines that count: not those of muted conversations, where only what names one does. */
export const totalUnread = computed(() =>
  sortedConversations.value.reduce((sum, room) => sum + (room.muted ? room.mentions : room.unread), 0),
);

/** Unread lines that name one. */
export const totalMentions = computed(() => sortedConversations.value.reduce((sum, room) => sum + room.mentions, 0));

/** One conversation, if it is loaded; subscribes the caller. */
export function conversation(id: string): Conversation | undefined {
  return byId.value.get(id);
}

/** The same without subscribing. */
export function peekRoom(id: string): Conversation | undefined {
  return byId.peek().get(id);
}

/** Takes a conversation that the server has sent; what we have read since stays. */
export function keep(next: Conversation): Conversation {
  const known = peekRoom(next.id);
  const lastReadSeq = confirm(next.id, next.lastReadSeq, known?.lastReadSeq ?? 0);
  const sameCrowd = known !== undefined && known.memberCount === next.memberCount;
  const members = sameCrowd && known.members.length > next.members.length ? mix(known.members, next.members) : next.members;
  return put({ ...next, members, lastReadSeq });
}

/** The server's word on how far one has read: further counts, and less than it said before means marked unread. */
export function confirm(id: string, seq: number, known: number): number {
  const before = confirmed.get(id) ?? seq;
  confirmed.set(id, seq);
  return seq < before ? seq : Math.max(seq, known);
}

/** Puts a conversation in its place with its counts set right. */
export function put(next: Conversation): Conversation {
  const unread = Math.max(0, next.lastSeq - next.lastReadSeq);
  const whole = { ...next, unread, mentions: Math.min(next.mentions, unread) };
  byId.value = new Map(byId.peek()).set(whole.id, whole);
  return whole;
}

/** Forgets a conversation that one is no longer in. */
export function forget(id: string): void {
  const rest = new Map(byId.peek());
  rest.delete(id);
  confirmed.delete(id);
  byId.value = rest;
}

/** Forgets all of them. */
export function clearRooms(): void {
  confirmed.clear();
  byId.value = new Map();
}

function mix(known: readonly Member[], fresh: readonly Member[]): Member[] {
  const news = new Map(fresh.map((member) => [member.id, member]));
  return known.map((member) => news.get(member.id) ?? member);
}
