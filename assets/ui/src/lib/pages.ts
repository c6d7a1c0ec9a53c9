/** Pages of messages out of lines that are at hand, as the server would give them. */

import type { Message, MessagePage } from "./wire";

/** Which page is wanted; at most one of the places. */
export interface PageWish {
  before?: string;
  after?: string;
  around?: number;
}

const SIZE = 50;

/** Between which lines all that matters to {@link pageOf} stands; for the newest ones, or those around a line, that may be anywhere. */
export function rangeOf({ before, after }: PageWish): [from: number, to: number] {
  if (after !== undefined) return [Number(after), Number(after) + SIZE + 1];
  return before === undefined ? [0, Infinity] : [Number(before) - SIZE, Number(before)];
}

/** The page for `wish` of these lines (oldest first), without a gap in it; `null` when they have nothing for it. */
export function pageOf(lines: readonly Message[], wish: PageWish): MessagePage | null {
  const newest = lines.at(-1)?.seq ?? 0;
  if (wish.after !== undefined) return cut(lines, Number(wish.after) + 1, Number(wish.after) + SIZE, "up");
  if (wish.before !== undefined) return cut(lines, Number(wish.before) - SIZE, Number(wish.before) - 1, "down");
  // What is wanted may be newer than all that is at hand.
  if (wish.around === undefined || wish.around > newest) return cut(lines, newest - SIZE + 1, newest, "down");
  const older = cut(lines, wish.around - SIZE / 2, wish.around, "down");
  const newer = cut(lines, wish.around + 1, wish.around + SIZE / 2, "up");
  if (older === null) return null;
  return { messages: [...older.messages, ...(newer?.messages ?? [])], before: older.before, after: newer?.after ?? null };
}

/** Lines `from` to `to`, as far as they hang together with the end that is asked for. */
function cut(lines: readonly Message[], from: number, to: number, way: "up" | "down"): MessagePage | null {
  const bySeq = new Map(lines.map((line) => [line.seq, line]));
  const messages: Message[] = [];
  for (let i = 0; i <= to - from; i += 1) {
    const line = bySeq.get(way === "up" ? from + i : to - i);
    if (line === undefined) break;
    if (way === "up") messages.push(line);
    else messages.unshift(line);
  }
  const [first, last] = [messages[0], messages.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { messages, before: first.seq > 1 ? String(first.seq) : null, after: bySeq.has(last.seq + 1) ? String(last.seq) : null };
}
