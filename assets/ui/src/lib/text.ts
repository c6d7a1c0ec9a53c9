/** `t(key, values)`: every word of the interface comes from one flat message file. */

import { en } from "../words/en";
import { LOCALE } from "./time";

/** A key of the message file. */
export type TextKey = keyof typeof en;

/** Values for the `{name}` places of a message; `n` also chooses between `one` and `other`. */
export type TextValues = Readonly<Record<string, string | number>>;

type Entry = string | { readonly one: string; readonly other: string };

const plural = new Intl.PluralRules(LOCALE);
const number = new Intl.NumberFormat(LOCALE);
const percent = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 0 });
const list = new Intl.ListFormat(LOCALE, { type: "conjunction" });

/** The message for `key` with its places filled; a missing value leaves the place empty. */
export function t(key: TextKey, values: TextValues = {}): string {
  const entry: Entry = en[key];
  const n = Number(values["n"] ?? 0);
  const form = typeof entry === "string" ? entry : plural.select(n) === "one" ? entry.one : entry.other;
  return form.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? number.format(value) : value;
  });
}

/** Whether the message file has this key; for codes that come from the server. */
export function hasText(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

/** `Amara, Jiří and Priya`. */
export function joinNames(names: readonly string[]): string {
  return list.format(names);
}

/** `62%`, of a share between 0 and 1; never 100 before it is done. */
export function percentText(share: number): string {
  return percent.format(Math.floor(share * 100) / 100);
}
