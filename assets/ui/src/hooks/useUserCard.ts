/** The card of a person, which opens wherever a name or a face is pressed. */

import { signal } from "@preact/signals";
import { getUser } from "../api/people";
import type { Conversation, Member, User } from "../lib/wire";
import { sortedConversations } from "../state/conversations";
import type { Anchor } from "./useFloat";
import { useLoad } from "./useLoad";

/** Whose card is open, and beside what. */
export const card = signal<{ id: string; anchor: Anchor } | null>(null);

/** Opens the card of the person with this id. */
export function showCard(id: string, anchor: Anchor): void {
  card.value = { id, anchor };
}

/** What a card says. */
export interface Person {
  user: User | null;
  error: string | null;
  /** Groups that both are in, as far as they are known here; the latest first. */
  groups: readonly Conversation[];
}

/** What is known of somebody at once, then what the server says. */
export function usePerson(id: string): Person {
  const { data, error } = useLoad(`user ${id}`, () => getUser(id));
  const rooms = sortedConversations.value;
  const known: Member | undefined = rooms.flatMap((room) => room.members).find((member) => member.id === id);
  const groups = rooms.filter((room) => room.isGroup && room.members.some((member) => member.id === id));
  return { user: data ?? known ?? null, error: data === null && known === undefined ? error : null, groups };
}
