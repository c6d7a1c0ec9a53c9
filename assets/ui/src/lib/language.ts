/** The language that is spoken: handed in from above, read by all of `lib` that speaks. Who reads it is drawn again when it changes. */

import { signal } from "@preact/signals";
import { first, type Message, type Messages, type TextKey } from "../words/en";

/** The words of one language, and whose habits of numbers and dates go with them. */
export interface Language {
  /** BCP 47, with the region the person has: `de-AT`. */
  readonly tag: string;
  readonly words: Messages;
}

/** The English messages that are here. They stand in for what another language lacks. */
const english: Partial<Record<TextKey, Message>> = { ...first };

/** English as it is written where the browser names no other kind of it. */
export const ENGLISH: Language = { tag: "en-GB", words: english };

/** Adds English messages that the first page did without. */
export function learn(more: Messages): void {
  Object.assign(english, more);
}

/** What is spoken now. */
export const language = signal<Language>(ENGLISH);

/** Something of `Intl` for the language that is spoken, made once for each. */
export function perLanguage<T>(make: (tag: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const { tag } = language.value;
    const known = made.get(tag) ?? make(tag);
    made.set(tag, known);
    return known;
  };
}

/** Whether a language is written from right to left. */
export function isRightToLeft(tag: string): boolean {
  return tag.split("-")[0] === "ar";
}
