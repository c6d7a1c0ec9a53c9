/** Helps with writing: marks around words, links, lists that go on, what is being called. Pure. */

import { closes, opens } from "./markdown/blocks";
import { linkHref } from "./linkify";

/** What a field holds, and what is selected in it. */
export interface Writing {
  text: string;
  from: number;
  to: number;
}

/** A change: these characters become `insert`; then `from` to `to` is selected. */
export interface Edit {
  start: number;
  end: number;
  insert: string;
  from: number;
  to: number;
}

/** Puts `mark` around what is selected, or takes it away; with nothing selected, one writes between two. */
export function wrapEdit({ text, from, to }: Writing, mark: string): Edit {
  const size = mark.length;
  const chosen = text.slice(from, to);
  const bare = chosen.trim();
  if (text.slice(from - size, from) === mark && text.slice(to, to + size) === mark && !(mark === "*" && text.slice(from - 2, from) === "**" && text.slice(from - 3, from) !== "***")) {
    return { start: from - size, end: to + size, insert: chosen, from: from - size, to: to - size };
  }
  if (bare.length > 2 * size && bare.startsWith(mark) && bare.endsWith(mark) && !(mark === "*" && bare.startsWith("**"))) {
    const inner = bare.slice(size, -size);
    return { start: from, end: to, insert: chosen.replace(bare, () => inner), from, to: to - 2 * size };
  }
  // Marks stand at the words, not at the space around them.
  const lead = chosen.length - chosen.trimStart().length;
  const start = bare === "" ? from : from + lead;
  const end = bare === "" ? from : start + bare.length;
  return { start, end, insert: mark + bare + mark, from: start + size, to: end + size };
}

/** What is selected becomes a link; without an address one goes on to type it. */
export function linkEdit({ text, from, to }: Writing, address = "https://"): Edit {
  const words = text.slice(from, to);
  const at = from + words.length + 3;
  const done = address !== "https://";
  const end = at + address.length;
  return { start: from, end: to, insert: `[${words}](${address})`, from: done ? end + 1 : at, to: done ? end + 1 : end };
}

/** Whether a pasted text is one address and nothing else. */
export function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/iu.test(text.trim()) && linkHref(text.trim()) !== null;
}

/** Whether the caret stands in code: between a fence and its end, or between two ticks. */
export function inCode(text: string, caret: number): boolean {
  if (inFence(text, caret)) return true;
  const line = text.slice(text.lastIndexOf("\n", caret - 1) + 1, caret);
  return (line.match(/`/g)?.length ?? 0) % 2 === 1;
}

/** Whether the caret stands below a fence that has not ended before it. */
export function inFence(text: string, caret: number): boolean {
  let fence: string | null = null;
  // The line of the caret ends nothing: one is still at it.
  const lines = text.slice(0, caret).split("\n");
  const whole = text.slice(0, text.indexOf("\n", caret) < 0 ? undefined : text.indexOf("\n", caret)).split("\n");
  for (const [at, line] of lines.entries()) {
    const last = at === lines.length - 1;
    if (fence === null) fence = opens(whole[at] ?? line);
    else if (closes(whole[at] ?? line, fence)) {
      if (last) return false;
      fence = null;
    }
  }
  return fence !== null;
}

const POINT = /^(\s*)(?:([-*]) |(\d{1,3})([.)]) |((?:> ?)+))(.*)$/;

/** A new line in a list or a quote begins as that does; on an empty point it ends the list. `null`: just a new line. */
export function newLineEdit({ text, from, to }: Writing): Edit | null {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const match = POINT.exec(text.slice(start, from));
  if (match === null || inFence(text, from)) return null;
  const [, space = "", dash, number, sign = "", quote, rest = ""] = match;
  if (rest.trim() === "") return { start, end: to, insert: "", from: start, to: start };
  const next = quote ?? (dash === undefined ? `${Number(number) + 1}${sign} ` : `${dash} `);
  const insert = `\n${space}${next}`;
  return { start: from, end: to, insert, from: from + insert.length, to: from + insert.length };
}

/** What is being called for: somebody (`@wr`), or an emoji (`:smi`). */
export interface Calling {
  kind: "name" | "emoji";
  /** What is typed after the sign. */
  typed: string;
  /** Where the sign stands. */
  start: number;
}

const NAME = /(?:^|[^\p{L}\p{N}._-])@([\p{L}\p{N}._-]{0,32})$/u;
const EMOJI = /(?:^|[\s([{"'*_~>])(?:\p{Extended_Pictographic}\ufe0f?)*:([\p{L}\p{N}_+-]{2,32})$/u;
const ENDED = /(?:^|[\s([{"'*_~>]|\p{Extended_Pictographic}|\ufe0f):([a-z0-9_+-]{1,40}):$/iu;

/** What stands before the caret that can be finished; `null` in code, or when there is nothing. */
export function callingAt(text: string, caret: number): Calling | null {
  const before = text.slice(Math.max(0, caret - 60), caret);
  const [name, emoji] = [NAME.exec(before), EMOJI.exec(before)];
  const typed = name?.[1] ?? emoji?.[1];
  if (typed === undefined || inCode(text, caret)) return null;
  return { kind: name === null ? "emoji" : "name", typed, start: caret - typed.length - 1 };
}

/** The code of an emoji that was just ended with its colon, and where it begins. */
export function endedCode(text: string, caret: number): { code: string; start: number } | null {
  const code = ENDED.exec(text.slice(Math.max(0, caret - 60), caret))?.[1];
  return code === undefined || inCode(text, caret) ? null : { code, start: caret - code.length - 2 };
}

/** Members as they are called. */
export interface Called {
  username: string;
  displayName: string;
}

/** Sorts those whose name begins so before those of whom only a later word does. */
export function byBeginning<T extends Called>(people: readonly T[], typed: string, compare: (a: string, b: string) => number): T[] {
  const first = (who: T) => (who.displayName.toLowerCase().startsWith(typed.toLowerCase()) || who.username.startsWith(typed.toLowerCase()) ? 0 : 1);
  return [...people].sort((a, b) => first(a) - first(b) || compare(a.displayName, b.displayName));
}

/** Whether a pasted text is so long that a file is the better place for it. */
export function isLongPaste(text: string): boolean {
  return text.length > 4_000 || text.split("\n", 62).length > 60;
}
