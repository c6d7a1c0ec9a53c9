/** What the server found around itself, in the words of whoever reads: from a code and its facts to sentences. Pure. */

import type { CheckWords } from "../words/checks";
import type { CheckFact, ServerCheck } from "./administration";
import { sizeText } from "./files";
import { isRightToLeft, language, perLanguage } from "./language";
import { fill, joinNames } from "./text";

export type { CheckWords };

/** A part of a sentence; what is `typed` is a command, a setting or a path. */
export type Piece = string | { readonly typed: string };

/** What was seen, and what helps where something is wrong. */
export interface Sentences {
  detail: Piece[];
  remedy: Piece[] | null;
}

const HOUR = 3_600_000;
const momentFormat = perLanguage((tag) => new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short", calendar: "gregory" }));
const relativeFormat = perLanguage((tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));
const MOMENTS = new Set(["until", "now"]);
const PATHS = new Set(["path", "folder", "cert", "key"]);
/** Stands around a path while a sentence is put together. */
const MARK = "\ue000";

/** The sentences about a check at this moment; `null` where the words know no such code. */
export function tell({ code, facts, remedy }: ServerCheck, words: CheckWords, now: number): Sentences | null {
  const seen = wordsOf(words, code);
  const helps = remedy === undefined ? null : helpOf(words, code, facts);
  if (seen === null || (remedy !== undefined && helps === null)) return null;
  const values = Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, valueOf(name, fact, now)]));
  const pieces = (sentence: string) =>
    sentence.split("`").flatMap((part, at): Piece[] => (at % 2 === 1 ? [{ typed: asTyped(part, facts) }] : pathsApart(fill(part, values))));
  return { detail: pieces(seen), remedy: helps === null ? null : pieces(helps) };
}

/** What helps; against an authority's trouble it is a sentence of many. */
function helpOf(words: CheckWords, code: string, { advice }: ServerCheck["facts"]): string | null {
  const helps = wordsOf(words, `${code}.help`);
  if (helps === null || typeof advice !== "string") return helps;
  const advised = wordsOf(words, `advice.${advice}`);
  return advised === null ? null : helps.replace("{advice}", () => advised);
}

function wordsOf(words: Readonly<Record<string, string>>, key: string): string | null {
  return Object.hasOwn(words, key) ? (words[key] ?? null) : null;
}

/** A fact as it is read within a sentence. */
function valueOf(name: string, fact: CheckFact, now: number): string | number {
  if (typeof fact === "number") return name.endsWith("Bytes") ? sizeText(fact) : fact;
  if (typeof fact !== "string") return joinNames(fact.map(apart));
  if (name === "madeAt") return longAgo(fact, now);
  if (MOMENTS.has(name)) return momentFormat().format(new Date(fact));
  if (PATHS.has(name)) return MARK + fact.replaceAll(MARK, "") + MARK;
  // A version belongs to the name before it.
  return name === "version" ? fact : apart(fact);
}

/** `5 hours ago`, `3 days ago`. */
function longAgo(at: string, now: number): string {
  const hours = Math.max(0, Math.floor((now - new Date(at).getTime()) / HOUR));
  return hours < 48 ? relativeFormat().format(-hours, "hour") : relativeFormat().format(-Math.floor(hours / 24), "day");
}

/** Within what is typed, facts are not dressed up. */
function asTyped(part: string, facts: ServerCheck["facts"]): string {
  return part.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ""));
}

function pathsApart(text: string): Piece[] {
  return text.split(MARK).flatMap((part, at): Piece[] => (at % 2 === 1 ? [{ typed: part }] : part === "" ? [] : [part]));
}

/** Names and addresses run from left to right, also those that are all digits and colons. */
function apart(text: string): string {
  return isRightToLeft(language.value.tag) ? `\u2066${text}\u2069` : text;
}
