/** What can finish the operator at the caret: names one knows at once, the server's a moment later. */

import { useEffect, useState } from "preact/hooks";
import { findConversations, findPeople } from "../api/search";
import { suggestionsFor, type Suggestion } from "../lib/complete";
import type { Token } from "../lib/query";
import { hasText, t } from "../lib/text";
import type { User } from "../lib/wire";
import { myId } from "../state/account";
import { sortedConversations } from "../state/conversations";
import { titleOf } from "./useConversations";

const PAUSE = 120;
const LIMIT = 8;

type Called = Pick<User, "id" | "username" | "displayName">;

/** The suggestions, none without a token. */
export function useSuggestions(token: Token | null): readonly Suggestion[] {
  const [found, setFound] = useState<{ people: readonly Called[]; rooms: readonly string[] }>({ people: [], rooms: [] });
  const op = token?.op;
  const value = token?.value ?? "";
  useEffect(() => {
    if (op !== "from" && op !== "in") return undefined;
    const running = new AbortController();
    const timer = setTimeout(() => {
      const asked =
        op === "from"
          ? findPeople(value, LIMIT, running.signal).then(({ users }) => ({ people: users, rooms: [] }))
          : findConversations(value, LIMIT, running.signal).then(({ conversations }) => ({ people: [], rooms: conversations.map(titleOf) }));
      // Without an answer there are still the names one knows.
      asked.then((more) => running.signal.aborted || setFound(more), () => undefined);
    }, PAUSE);
    return () => {
      running.abort();
      clearTimeout(timer);
    };
  }, [op, value]);
  if (token === null) return [];
  const rooms = sortedConversations.value.filter((room) => !room.isGroup || room.title !== null);
  const people = rooms.flatMap((room): Called[] => room.members).filter((who) => who.id !== myId());
  const names = {
    people: [...people, ...found.people.filter((who) => who.id !== myId())],
    rooms: [...rooms.map(titleOf), ...found.rooms],
  };
  return suggestionsFor(token, names, new Date(), say);
}

/** What a filter's value is called, for its chip. */
export function calledName(username: string): string {
  for (const room of sortedConversations.value) {
    const who = room.members.find((member) => member.username === username.toLowerCase());
    if (who) return who.displayName;
  }
  return username;
}

function say(key: string): string {
  const text = `search.value.${key}`;
  return hasText(text) ? t(text) : key;
}
