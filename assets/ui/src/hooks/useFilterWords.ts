/** Filters as people read them: `from Wren Calloway`, `with a picture`, `after 22 November`. */

import type { Filter } from "../lib/query";
import { hasText, t } from "../lib/text";
import { monthHeading, plainDay } from "../lib/time";
import { conversation } from "../state/conversations";
import { titleOf } from "./useConversations";
import type { SearchField } from "./useSearch";
import { calledName } from "./useSuggestions";

/** A filter in words, and the way to drop it. */
export interface FilterWords {
  by: string;
  value: string;
  /** Both. */
  words: string;
  drop(): void;
}

/** All that narrows a search, the conversation one came from first. */
export function filterWords(field: Pick<SearchField, "within" | "filters" | "drop" | "widen">): FilterWords[] {
  const make = (by: string, value: string, drop: () => void) => ({ by, value, words: `${by} ${value}`, drop });
  const room = field.within === null ? undefined : conversation(field.within);
  const inside = field.within === null ? [] : [make(t("search.by.in"), room ? titleOf(room) : t("room.noTitle"), field.widen)];
  return [...inside, ...field.filters.map((filter) => make(t(`search.by.${filter.op}`), valueWords(filter), () => field.drop(filter)))];
}

function valueWords({ op, value }: Filter): string {
  const short = `search.short.${value.toLowerCase()}`;
  if ((op === "has" || op === "from") && hasText(short)) return t(short);
  if (op === "from") return calledName(value.replace(/^[@＠]/u, ""));
  if (op === "in" || op === "has") return value;
  return dateWords(value);
}

function dateWords(value: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$/.exec(value) ?? [];
  if (year === undefined || month === undefined) return value;
  const at = new Date(Number(year), Number(month) - 1, Number(day ?? 1));
  // A day that the calendar doesn't have stays as it was typed.
  if (at.getMonth() !== Number(month) - 1) return value;
  return day === undefined ? monthHeading(at.toISOString()) : plainDay(at.toISOString(), Date.now());
}
