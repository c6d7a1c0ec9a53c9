/** The emoji, loaded when they are first needed, and those that one uses. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadEmojiUse, saveEmojiUse } from "../cache/emoji";
import { readEmoji, toned, type Emoji } from "../lib/emoji";
import { language } from "../lib/language";

const NAMES: Record<string, () => Promise<{ default: string[] }>> = {
  de: () => import("virtual:emoji/de"),
  en: () => import("virtual:emoji/en"),
  es: () => import("virtual:emoji/es"),
  zh: () => import("virtual:emoji/zh"),
};

/** All of them; `null` until they are loaded. */
export const emojis = signal<readonly Emoji[] | null>(null);
let loaded = "";

/** Which are used lately, and the skin tone. */
export const emojiUse = signal(loadEmojiUse());

/** Loads them with their names in the language of the page. Without a connection it is tried again the next time. */
export async function loadEmojis(): Promise<void> {
  const wanted = language.peek().tag.split("-", 1)[0] ?? "en";
  const tag = wanted in NAMES ? wanted : "en";
  if (loaded === tag) return;
  loaded = tag;
  try {
    const [rows, names] = await Promise.all([import("virtual:emoji/base"), (NAMES[tag] ?? NAMES["en"]!)()]);
    emojis.value = readEmoji(rows.default, names.default);
  } catch {
    loaded = "";
  }
}

/** All of them, for who draws them. */
export function useEmojis(): readonly Emoji[] | null {
  useEffect(() => void loadEmojis(), [language.value]);
  return emojis.value;
}

/** Notes that one was used, and returns it in one's skin tone. */
export function takeEmoji(emoji: Emoji): string {
  const { recent, tone } = emojiUse.peek();
  keepUse({ tone, recent: [emoji.glyph, ...recent.filter((each) => each !== emoji.glyph)] });
  return toned(emoji, tone);
}

/** Chooses the skin tone. */
export function chooseTone(tone: number): void {
  keepUse({ ...emojiUse.peek(), tone });
}

function keepUse(use: ReturnType<typeof loadEmojiUse>): void {
  emojiUse.value = use;
  saveEmojiUse(use);
}
