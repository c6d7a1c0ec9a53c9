/** Emoji in a text. Pure. */

const TONE = "[\\u{1f3fb}-\\u{1f3ff}]";
const ONE = `(?:\\p{Emoji_Modifier_Base}${TONE}|\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\ufe0f)[\\u{e0020}-\\u{e007f}]*`;
const EMOJI = `(?:\\p{RI}{2}|[#*0-9]\\ufe0f?\\u20e3|${ONE}(?:\\u200d(?:${ONE}|\\p{Extended_Pictographic}))*)`;
const FIRST = new RegExp(`^${EMOJI}`, "u");
const FEW = new RegExp(`^\\s*(?:${EMOJI}\\s*){1,3}$`, "u");

/** One to three emoji and nothing else: they are drawn large. */
export function onlyEmoji(text: string): boolean {
  return text.length <= 80 && FEW.test(text);
}

/** The emoji that a text begins with, with all that makes it: its skin, its family. */
export function firstEmoji(text: string): string | null {
  return text.match(FIRST)?.[0] ?? null;
}
