/**
 * Addresses in plain text. Pure: what is not certainly an address that may be opened stays text.
 */

// Stops at white space, quotes, angle brackets, control and direction-override characters.
/** Where a web address may stand in a text; {@link trimAddress} says where it ends. */
export const WEB = /https?:\/\/[^\s<>"“”«»`\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/iu;

const TRAILING = new Set(".,;:!?'’*_~…、。，！？」』");
const PAIRS: readonly [string, string][] = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
];
const SCHEMES = ["https:", "http:", "mailto:", "tel:"];

/** The normalised address, or `null` unless it is for the web, for mail or for a telephone. */
export function linkHref(candidate: string): string | null {
  try {
    const url = new URL(candidate);
    const there = /^https?:$/.test(url.protocol) ? url.hostname !== "" : url.pathname !== "";
    return SCHEMES.includes(url.protocol) && there ? url.href : null;
  } catch {
    return null;
  }
}

/** Drops sentence punctuation and closing brackets that were opened outside the address. One pass. */
export function trimAddress(address: string): string {
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
