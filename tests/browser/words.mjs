// The words of the interface, as the message files have them, for tests in other languages than English.
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../assets/ui/src/words/", import.meta.url);

/** The languages of the interface, as the setting calls them. */
export const LANGUAGES = ["en", "de", "es", "zh", "ar"];

/** All messages of a language: key → sentence, or plural forms. */
export function wordsOf(language) {
  const files = readdirSync(new URL(`${language}/`, folder)).filter((file) => !["index.ts", "later.ts"].includes(file));
  const parts = files.map((file) => readFileSync(new URL(`${language}/${file}`, folder), "utf8").replace(/^[\s\S]*?export const \w+ = /, "").replace(/ as const(?: satisfies \w+)?;\s*$/, ""));
  return Object.assign({}, ...parts.map((part) => Function(`return (${part})`)()));
}

/** `t("key")` for a language: the sentence with its places filled. */
export function speaker(language) {
  const words = wordsOf(language);
  return (key, values = {}) => {
    const message = words[key];
    if (message === undefined) throw new Error(`no ${key} in ${language}`);
    const text = typeof message === "string" ? message : message[new Intl.PluralRules(language).select(values.n ?? 0)];
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  };
}
