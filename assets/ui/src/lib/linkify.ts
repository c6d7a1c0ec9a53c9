/**
 * Finds web addresses in plain text. Pure: returns pieces, never markup; what is not certainly an
 * http or https address stays text.
 */

/** A run of text, or a run that is also a link. */
export interface TextPiece {
  text: string;
  href?: string;
}

// Stops at white space, quotes, angle brackets, control and direction-override characters.
const CANDIDATE = /https?:\/\/[^\s<>"“”«»\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/giu;
const TRAILING = new Set(".,;:!?'’*_~…、。，！？」』");
const PAIRS: readonly [string, string][] = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
];

/** Splits `text` into pieces that together are exactly `text`. */
export function linkify(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const shown = trimEnd(match[0]);
    const href = safeHref(shown);
    if (href === null) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: shown, href });
    from = match.index + shown.length;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** The normalised address, or `null` unless it is http(s) with a host. */
export function safeHref(candidate: string): string | null {
  try {
    const url = new URL(candidate);
    const web = url.protocol === "https:" || url.protocol === "http:";
    return web && url.hostname !== "" ? url.href : null;
  } catch {
    return null;
  }
}

/** Drops sentence punctuation and closing brackets that were opened outside the address. One pass. */
function trimEnd(address: string): string {
  const surplus = new Map(PAIRS.map(([open, close]) => [close, count(address, close) - count(address, open)]));
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    const closing = surplus.get(last);
    if (closing !== undefined && closing > 0) surplus.set(last, closing - 1);
    else if (!TRAILING.has(last)) break;
  }
  return address.slice(0, end);
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}
