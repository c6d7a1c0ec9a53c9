/** Which emoji one uses, and in which skin tone; belongs to this browser. */

/** What is kept. */
export interface EmojiUse {
  /** Without skin tone, the latest first. */
  recent: readonly string[];
  /** 0 for none, 1 to 5 from light to dark. */
  tone: number;
}

const KEY = "inkspot.emoji";
const MOST = 24;

/** What is kept, or nothing. */
export function loadEmojiUse(): EmojiUse {
  let kept: Partial<EmojiUse> = {};
  try {
    kept = Object(JSON.parse(localStorage.getItem(KEY) ?? "{}")) as Partial<EmojiUse>;
  } catch {
    // Unreadable or refused.
  }
  const recent = Array.isArray(kept.recent) ? kept.recent.filter((each): each is string => typeof each === "string").slice(0, MOST) : [];
  return { recent, tone: Number.isInteger(kept.tone) && Number(kept.tone) <= 5 && Number(kept.tone) >= 0 ? Number(kept.tone) : 0 };
}

/** Keeps it, if the browser lets us. */
export function saveEmojiUse(use: EmojiUse): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...use, recent: use.recent.slice(0, MOST) }));
  } catch {
    // Full or refused: it holds until the tab is closed.
  }
}
