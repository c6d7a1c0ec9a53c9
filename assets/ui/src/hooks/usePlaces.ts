/** Where one can go: one's conversations, and people one has none with yet. */

import { useEffect, useState } from "preact/hooks";
import { findConversations, findPeople } from "../api/search";
import { calls } from "../lib/match";
import { t } from "../lib/text";
import type { Conversation, User } from "../lib/wire";
import { myId } from "../state/account";
import { sortedConversations } from "../state/conversations";
import { otherOf, startConversation, titleOf } from "./useConversations";

/** A conversation, or somebody to begin one with. */
export type Place = { id: string; title: string; room: Conversation; person: null } | { id: string; title: string; room: null; person: User };

const PAUSE = 120;
const MOST = 8;

/** Conversations first, then people without one; nobody twice. */
export function placesOf(rooms: readonly Conversation[], people: readonly User[], most = MOST): Place[] {
  const known = new Set(sortedConversations.peek().concat(rooms).flatMap((room) => otherOf(room)?.id ?? []));
  const own = new Map(sortedConversations.value.map((room) => [room.id, room]));
  const direct = sortedConversations.value.filter((room) => people.some((who) => who.id === otherOf(room)?.id));
  const all = [...new Map([...rooms, ...direct].map((room) => [room.id, own.get(room.id) ?? room])).values()];
  const strangers = people.filter((who) => who.id !== myId() && !who.disabled && !known.has(who.id));
  return [
    ...all.map((room) => ({ id: room.id, title: titleOf(room), room, person: null })),
    ...strangers.map((person) => ({ id: person.id, title: person.displayName, room: null, person })),
  ].slice(0, most);
}

/** Places by what is typed: those in the list at once, the server's a moment later; the most recent without a text. */
export function usePlaces(typed: string): readonly Place[] {
  const [found, setFound] = useState<{ typed: string; rooms: readonly Conversation[]; people: readonly User[] }>({ typed: "", rooms: [], people: [] });
  const wanted = typed.trim();
  useEffect(() => {
    if (wanted === "") return undefined;
    const running = new AbortController();
    const timer = setTimeout(() => {
      Promise.all([findConversations(wanted, MOST, running.signal), findPeople(wanted, MOST, running.signal)]).then(
        ([{ conversations }, { users }]) => running.signal.aborted || setFound({ typed: wanted, rooms: conversations, people: users }),
        () => undefined,
      );
    }, PAUSE);
    return () => {
      running.abort();
      clearTimeout(timer);
    };
  }, [wanted]);
  const near = sortedConversations.value.filter((room) => calls(wanted, [titleOf(room), otherOf(room)?.username ?? ""].join(" ")));
  if (wanted === "") return placesOf(near.slice(0, MOST), []);
  // What was found for a shorter beginning is shown until the new answer is there, where it still fits.
  const fits = (name: string) => found.typed === wanted || calls(wanted, name);
  const rooms = found.rooms.filter((room) => found.typed !== "" && fits(titleOf(room)));
  const people = found.people.filter((who) => found.typed !== "" && fits(`${who.displayName} ${who.username}`));
  return placesOf([...near, ...rooms], people);
}

/** The conversation of a place, made when there is none. */
export async function roomOf(place: Place): Promise<string> {
  return place.room?.id ?? startConversation([place.person?.username ?? ""], null);
}

/** What stands beside a place's title. */
export function placeNote(place: Place): string {
  if (place.room === null) return t("go.new");
  return place.room.isGroup ? t("room.people", { n: place.room.memberCount }) : "";
}
