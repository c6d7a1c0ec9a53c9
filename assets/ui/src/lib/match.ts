/** Whether something is called what one types, before the server has answered. Pure. */

/** Scripts that write without spaces between words. */
export const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Without capitals and accents. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}

/** Whether each word that is typed begins a word of `name`, in any order. An empty text fits all. */
export function calls(typed: string, name: string): boolean {
  const words = fold(name).split(/[^\p{L}\p{N}]+/u);
  const whole = fold(name);
  return fold(typed)
    .split(/\s+/u)
    .filter((word) => word !== "")
    .every((word) => words.some((each) => each.startsWith(word)) || (UNSPACED.test(word) ? whole.includes(word) : whole.startsWith(word)));
}
