/** `t(key, values)`: every word of the interface comes from the message files, in the language that is spoken. */

import type { Message, TextKey } from "../words/en";
import { ENGLISH, isRightToLeft, language, perLanguage } from "./language";

export type { TextKey };

/** Values for the `{name}` places of a message; `n` also chooses the plural form. */
export type TextValues = Readonly<Record<string, string | number>>;

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const LEFT_TO_RIGHT = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

const plural = perLanguage((tag) => new Intl.PluralRules(tag));
const number = perLanguage((tag) => new Intl.NumberFormat(tag));
const percent = perLanguage((tag) => new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 }));
const list = perLanguage((tag) => new Intl.ListFormat(tag, { type: "conjunction" }));
const collator = perLanguage((tag) => new Intl.Collator(tag, { numeric: true }));

/** The message for `key` with its places filled; a missing value leaves the place empty. */
export function t(key: TextKey, values: TextValues = {}): string {
  return fill(language.value.words[key] ?? ENGLISH.words[key] ?? key, values);
}

/** A message with its places filled; for messages that are no part of all others. */
export function fill(message: Message, values: TextValues): string {
  const { tag } = language.value;
  const against = isRightToLeft(tag) ? LEFT_TO_RIGHT : RIGHT_TO_LEFT;
  return formOf(message, values["n"]).replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    if (typeof value === "number") return number().format(value);
    // What runs against the sentence is kept to itself, or it would turn its neighbours around.
    return against.test(value) ? `\u2068${value}\u2069` : value;
  });
}

/** A message in the form that goes with a number. */
function formOf(message: Message, n: string | number | undefined): string {
  return typeof message === "string" ? message : (message[plural().select(Number(n ?? 0))] ?? message.other);
}

/** Whether there is a message with this key; for codes that come from the server. */
export function hasText(key: string): key is TextKey {
  return Object.hasOwn(ENGLISH.words, key);
}

/** Whether a message says a number, so that it has a form for each kind of them. */
export function isCounted(key: TextKey): boolean {
  return typeof ENGLISH.words[key] === "object";
}

/** `1,200`. */
export function countText(n: number): string {
  return number().format(n);
}

/** `Amara, Jiří and Priya`. */
export function joinNames(names: readonly string[]): string {
  return list().format(names);
}

/** `62%`, of a share between 0 and 1; never 100 before it is done. */
export function percentText(share: number): string {
  return percent().format(Math.floor(share * 100) / 100);
}

/** Puts names in the order of an index in this language. */
export function compareNames(a: string, b: string): number {
  return collator().compare(a, b);
}
