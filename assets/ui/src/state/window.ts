/** Which lines of a history are in memory: consecutive ones, as they were heard of last, around the reader. */

import { batch, signal } from "@preact/signals";
import type { Message, MessagePage, Sender } from "../lib/wire";
import { Changes } from "./changes";

/** Where a reader stands on a page. */
export interface Place {
  /** The line at the upper edge, and how far its words stand below that edge, in px. */
  seq: number;
  top: number;
  /** Lines on the screen. */
  shown: number;
  atEnd: boolean;
}

/** Lines kept around the reader, at least; others are fetched again when wanted. */
const KEEP = 300;
/** Screens of lines kept where so much fits a screen that the former would not do. */
const KEEP_SCREENS = 6;

/** Anything that has its place in the history. */
interface Placed {
  readonly seq: number;
}

/** `all` and those of `more` that touch it; anything else would tear a gap and is left out. Both are in order. */
export function joined<T extends Placed>(all: readonly T[], more: readonly T[]): T[] {
  const first = all[0]?.seq ?? Infinity;
  const whole = [...all];
  for (const line of more) {
    const last = whole.at(-1);
    if (last === undefined || line.seq === last.seq + 1) whole.push(line);
  }
  const older = more.filter((line) => line.seq < first);
  if (all.length === 0 || older.at(-1)?.seq !== first - 1) return whole;
  return [...older, ...whole];
}

/** The part of `all` that is kept, and on which sides something was let go. */
export function around<T extends Placed>(all: readonly T[], place: Place | null): { kept: readonly T[]; older: boolean; newer: boolean } {
  const keep = Math.max(KEEP, (place?.shown ?? 0) * KEEP_SCREENS);
  const over = all.length - keep;
  if (over <= 0) return { kept: all, older: false, newer: false };
  const first = all[0]?.seq ?? 0;
  const middle = place === null ? all.length : place.seq - first + Math.floor(place.shown / 2);
  const from = Math.min(over, Math.max(0, middle - Math.floor(keep / 2)));
  return { kept: all.slice(from, from + keep), older: from > 0, newer: from < over };
}

/** Consecutive lines that grow on both sides and are let go where nobody reads. */
export class Window {
  readonly messages = signal<readonly Message[]>([]);
  readonly hasOlder = signal(false);
  readonly hasNewer = signal(false);
  /** Where the reader is; `null` until the page was seen. Kept while one is elsewhere. */
  place: Place | null = null;
  /** How often it was started anew: one has to be led to one's place each time. */
  replaced = 0;
  readonly #changes = new Changes();

  /** Sequence number of the oldest line, 0 when there is none. */
  get oldest(): number {
    return this.messages.peek()[0]?.seq ?? 0;
  }

  /** Sequence number of the newest line, 0 when there is none. */
  get newest(): number {
    return this.messages.peek().at(-1)?.seq ?? 0;
  }

  /** Whether this line is here. */
  has(seq: number): boolean {
    return this.messages.peek().some((each) => each.seq === seq);
  }

  /** Whether these lines, in order, go on from those that are here or overlap them. */
  touches(lines: readonly Message[]): boolean {
    const [first, last] = [lines[0], lines.at(-1)];
    if (first === undefined || last === undefined || this.messages.peek().length === 0) return true;
    return first.seq <= this.newest + 1 && last.seq >= this.oldest - 1;
  }

  /** Starts anew with this page. */
  replace(page: MessagePage): void {
    this.replaced += 1;
    batch(() => {
      this.messages.value = page.messages.map((each) => this.#changes.newest(each));
      this.hasOlder.value = page.before !== null;
      this.hasNewer.value = page.after !== null;
    });
  }

  /** Takes what touches these lines, and lets go of what is far from the reader. */
  merge(lines: readonly Message[]): void {
    const fresh = lines.map((each) => this.#changes.newest(each));
    const { kept, older, newer } = around(joined(this.messages.peek(), fresh), this.place);
    batch(() => {
      if (older) this.hasOlder.value = true;
      if (newer) this.hasNewer.value = true;
      this.messages.value = kept;
    });
  }

  /** A line has other words now, or was deleted. */
  update(message: Message): void {
    const lines = this.messages.peek();
    const at = lines.findIndex((each) => each.id === message.id);
    const line = this.#changes.note(message, lines[at]);
    if (at >= 0) this.messages.value = lines.with(at, line);
  }

  /** Somebody is called something else now. */
  rename(who: Sender): void {
    this.messages.value = this.messages.peek().map((each) => (each.senderId === who.id ? { ...each, sender: who } : each));
  }
}
