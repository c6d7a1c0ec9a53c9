/** Emoji as data: their names and codes, and how one is found. Pure; the lists are loaded by who needs them. */

import { fold } from "./match";

/** One emoji. */
export interface Emoji {
  glyph: string;
  /** One of {@link GROUPS}. */
  group: number;
  /** What stands between colons, the usual one first. */
  codes: readonly string[];
  /** It comes in skin tones. */
  tones: boolean;
  /** In the language of the page. */
  name: string;
  /** Other words for it. */
  tags: string;
}

/** `[glyph, group, codes, has tones]`, as it is stored. */
export type EmojiRow = [string, number, string, 1?];

/** The groups in their order, by their numbers in the data. */
export const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const;

/** The skin tones, lightest first; 0 stands for none. */
export const TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"] as const;

/** Puts the two stored lists together. */
export function readEmoji(rows: readonly EmojiRow[], names: readonly string[]): Emoji[] {
  return rows.map(([glyph, group, codes, tones], at) => {
    const [name = "", tags = ""] = (names[at] ?? "").split("|");
    return { glyph, group, codes: codes.split(" "), tones: tones === 1, name, tags };
  });
}

/** In this skin tone, if it has any. */
export function toned({ glyph, tones }: Pick<Emoji, "glyph" | "tones">, tone: number): string {
  return tones && tone > 0 ? glyph.replace(/^(.)\ufe0f?/u, `$1${TONES[tone] ?? ""}`) : glyph;
}

/** The one with exactly this code. */
export function emojiOf(list: readonly Emoji[], code: string): Emoji | undefined {
  const wanted = code.toLowerCase();
  return list.find((each) => each.codes.includes(wanted));
}

/** Those that are called so, the likeliest first: by code, then by name, then by other words. */
export function findEmoji(list: readonly Emoji[], typed: string, most: number, recent: readonly string[] = []): Emoji[] {
  const words = fold(typed).split(/[\s_]+/u).filter((word) => word !== "");
  if (words.length === 0) return [];
  const whole = words.join("_");
  const found: { each: Emoji; rank: number; at: number }[] = [];
  list.forEach((each, at) => {
    const rank = rankOf(each, whole, words);
    if (rank < 9) found.push({ each, rank: rank - (recent.includes(each.glyph) ? 0.5 : 0), at });
  });
  return found.sort((a, b) => a.rank - b.rank || a.at - b.at).slice(0, most).map(({ each }) => each);
}

function rankOf({ codes, name, tags }: Emoji, whole: string, words: readonly string[]): number {
  if (codes.includes(whole)) return 0;
  if (codes.some((code) => code.startsWith(whole))) return 1;
  const called = fold(name).split(/[^\p{L}\p{N}]+/u);
  if (words.every((word) => begins(called, word))) return 2;
  if (codes.some((code) => begins(code.split("_"), whole) || words.every((word) => begins(code.split("_"), word)))) return 3;
  const further = [...called, ...fold(tags).split(/[^\p{L}\p{N}]+/u)];
  return words.every((word) => begins(further, word)) ? 4 : 9;
}

/** Some scripts write without spaces: there a word may stand anywhere. */
function begins(words: readonly string[], word: string): boolean {
  const anywhere = /\p{Script=Han}/u.test(word);
  return words.some((each) => (anywhere ? each.includes(word) : each.startsWith(word)));
}
