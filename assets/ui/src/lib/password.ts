/** How hard a password is to guess, roughly and without a dictionary: for a hint, never for a rule. Pure. */

import { countChars } from "./names";

/** What is wrong with it, worst first; `null`: nothing that we see. */
export type Weakness = "short" | "common" | "name" | "repeats" | "row" | null;

/** `score` 0 to 4. */
export interface Strength {
  score: number;
  weakness: Weakness;
}

/** What people choose most, without the digits and signs that they put around it. */
const COMMON = /^(?:password|passwort|contrasena|qwerty(?:uiop)?|qwertz(?:uiop)?|azerty(?:uiop)?|letmein|welcome|iloveyou|admin|login|football|baseball|monkey|dragon|master|sunshine|princess|inkspot|abc|abcd|hallo|hello|geheim|test|)$/;
const ROWS = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm"];

/** Judges a password; `least` is the server's minimum, `names` are those of the person. */
export function strengthOf(password: string, least: number, names: readonly string[] = []): Strength {
  const n = countChars(password);
  if (n < least) return { score: 0, weakness: "short" };
  const plain = password.toLowerCase();
  if (COMMON.test(plain.replace(/^[\d!-/:-@[-`{-~ ]+|[\d!-/:-@[-`{-~ ]+$/g, "")) && n < 16) return { score: 1, weakness: "common" };
  const words = names.flatMap((name) => name.toLowerCase().split(/[\s._-]+/u)).filter((word) => word.length >= 3);
  if (words.some((word) => plain.includes(word)) && n < 16) return { score: 1, weakness: "name" };
  if (new Set(password).size <= 4) return { score: 1, weakness: "repeats" };
  if (inRow(plain) > n / 2) return { score: 1, weakness: "row" };
  return { score: n < 10 ? 2 : n < 14 ? 3 : 4, weakness: null };
}

/** How many characters belong to neighbours on a keyboard or in the alphabet, three or more together. */
function inRow(text: string): number {
  const along = ROWS.flatMap((row) => [row, [...row].reverse().join("")]);
  let found = 0;
  for (let at = 0; at < text.length; ) {
    const length = Math.max(...along.map((row) => together(text.slice(at), row)));
    found += length >= 3 ? length : 0;
    at += length >= 3 ? length : 1;
  }
  return found;
}

/** How long the beginning of `text` is that stands in `row`. */
function together(text: string, row: string): number {
  let length = 0;
  while (length < text.length && row.includes(text.slice(0, length + 1))) length += 1;
  return length;
}
