/** Names of people: initials, paper stock, and the sign-in name made from a typed name. Pure. */

import { firstEmoji } from "./emojis";
import { LIMITS } from "./wire";

/** One or two letters for the square of initials; whole first character for scripts without case, or the emoji of a name without letters. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => firstLetter(word) !== "");
  const first = firstLetter(words[0] ?? "");
  if (first === "") return firstEmoji(name.trim()) ?? "?";
  const cased = first.toLowerCase() !== first.toUpperCase();
  const joined = /\p{Script=Arabic}|\p{Script=Hebrew}/u.test(first);
  const second = words.length > 1 && (cased || joined) ? firstLetter(words.at(-1) ?? "") : "";
  // A zero-width non-joiner keeps Arabic initials from becoming one word.
  return cased ? (first + second).toUpperCase() : joined && second ? `${first}\u200c${second}` : first;
}

function firstLetter(word: string): string {
  return word.match(/[\p{L}\p{N}]/u)?.[0] ?? "";
}

/** Which of the six paper stocks stands behind somebody's initials, 1 to 6, the same for ever. */
export function stockOf(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i += 1) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
  return (hash % 6) + 1;
}

/** The sign-in name for a typed name: `Wren Calloway` becomes `wren.calloway`. May be empty. */
export function toUsername(name: string): string {
  return [...name.normalize("NFKC").trim().toLowerCase().replace(/\s+/gu, ".")]
    .filter((char) => /[\p{L}\p{Nd}._-]/u.test(char))
    .join("")
    .replace(/^[._-]+/u, "")
    .slice(0, LIMITS.username);
}

/** The first word of a name, for sentences such as "Amara is writing". */
export function shortName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}

/** Length in characters as the server counts them (Unicode scalar values). */
export function countChars(text: string): number {
  let n = 0;
  for (const _ of text) n += 1;
  return n;
}
