/** What can finish the operator that is being typed. Pure. */

import { calls, fold } from "./match";
import { KINDS, type Operator, type Token } from "./query";

/** Something to choose: `value` goes into the search, `label` is read, `hint` says more. */
export interface Suggestion {
  value: string;
  label: string;
  hint: string;
}

/** Names that can be offered. */
export interface Names {
  people: readonly { username: string; displayName: string }[];
  rooms: readonly string[];
}

/** Words for the fixed ones: kinds and days. */
export type Say = (key: string) => string;

const MOST = 8;

/** The suggestions for a token, the best first; dates only where they begin as typed. */
export function suggestionsFor(token: Pick<Token, "op" | "value">, names: Names, now: Date, say: Say): Suggestion[] {
  return all(token.op, token.value, names, now, say).slice(0, MOST);
}

function all(op: Operator, typed: string, names: Names, now: Date, say: Say): Suggestion[] {
  if (op === "from") {
    const me = { value: "me", label: say("me"), hint: "" };
    const people = names.people.map((who) => ({ value: who.username, label: who.displayName, hint: who.username }));
    return unique([me, ...people]).filter((each) => calls(typed, each.label) || fold(each.value).startsWith(fold(typed)));
  }
  if (op === "in") {
    return unique(names.rooms.map((title) => ({ value: title, label: title, hint: "" }))).filter((each) => calls(typed, each.label));
  }
  if (op === "has") {
    return KINDS.map((kind) => ({ value: kind, label: say(kind), hint: kind })).filter(
      (each) => each.value.startsWith(fold(typed)) || calls(typed, each.label),
    );
  }
  return dates(now, say).filter((each) => each.value.startsWith(fold(typed)) || calls(typed, each.label));
}

function dates(now: Date, say: Say): Suggestion[] {
  const year = now.getFullYear();
  const month = (back: number) => {
    const first = new Date(year, now.getMonth() - back, 1);
    return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
  };
  const day = (value: string, key: string) => ({ value, label: say(key), hint: value });
  return [
    day("today", "today"),
    day("yesterday", "yesterday"),
    day(month(0), "thisMonth"),
    day(month(1), "lastMonth"),
    day(String(year), "thisYear"),
    day(String(year - 1), "lastYear"),
  ];
}

function unique(list: readonly Suggestion[]): Suggestion[] {
  return [...new Map(list.map((each) => [each.value, each])).values()];
}
