/** Which language is spoken: the chosen one, or the first of the browser's that we have words in. */

import { effect } from "@preact/signals";
import { pref } from "../cache/prefs";
import { ENGLISH, isRightToLeft, language, type Language } from "../lib/language";

/** Where the words are that don't come with the first page. */
const WORDS: Record<string, () => Promise<Language["words"]>> = {
  de: () => import("../words/de").then((it) => it.de),
  es: () => import("../words/es").then((it) => it.es),
  zh: () => import("../words/zh").then((it) => it.zh),
  ar: () => import("../words/ar").then((it) => it.ar),
};

/** The language to speak, as a tag with the region that the browser names, if it names one. */
export function chooseTag(choice: string, wanted: readonly string[]): string {
  const known = (tag: string) => baseOf(tag) === "en" || baseOf(tag) in WORDS;
  const tag = wanted.find((each) => (choice === "auto" ? known(each) : baseOf(each) === choice)) ?? (choice === "auto" ? "en" : choice);
  if (tag === "en") return ENGLISH.tag;
  // Our Chinese is written with simplified characters, and so are its dates.
  return baseOf(tag) === "zh" ? "zh-CN" : tag;
}

/** Speaks the chosen language from now on. Resolves when the words for the first page are there. */
export function followLanguage(): Promise<void> {
  return new Promise((ready) => {
    let turn = 0;
    const follow = async (choice: string) => {
      const mine = (turn += 1);
      const next = await load(chooseTag(choice, navigator.languages));
      if (mine === turn) speak(next);
      ready();
    };
    effect(() => void follow(pref("language").value));
    const again = () => void follow(pref("language").peek());
    addEventListener("languagechange", again);
    // Words that could not be loaded may be there now.
    addEventListener("online", again);
  });
}

/** A language with its words; English when they can't be had now. */
async function load(tag: string): Promise<Language> {
  const words = WORDS[baseOf(tag)];
  if (words === undefined) return { ...ENGLISH, tag };
  try {
    return { tag, words: await words() };
  } catch {
    return ENGLISH;
  }
}

function speak(next: Language): void {
  if (next.tag !== language.peek().tag || next.words !== language.peek().words) language.value = next;
  document.documentElement.lang = next.tag;
  document.documentElement.dir = isRightToLeft(next.tag) ? "rtl" : "ltr";
}

function baseOf(tag: string): string {
  return tag.split("-")[0] ?? tag;
}
