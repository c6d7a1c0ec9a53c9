/**
 * Gathers the lines of one conversation into one notice that follows them, so that a flood is one notice and not hundreds. Knows
 * no browser: it is told what came and calls `show`. Time comes from outside, so that tests own it.
 */

import type { Message } from "../lib/wire";

/** What a notice says. */
export interface Gathered {
  /** The newest line. */
  message: Message;
  /** Whether it draws attention, or only says something else than before. */
  aloud: boolean;
}

/** What it needs from the world. */
export interface GatheringWorld {
  now(): number;
  /** Runs `task` after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
  show(notice: Gathered): void;
}

/** A notice changes at most this often, in ms. */
const TOGETHER = 3_000;
/** After so long without a line the next one is news again, in ms. */
const LULL = 30_000;

/** The notice of one conversation, for as long as it stands. */
export class Gathering {
  readonly #world: GatheringWorld;
  #newest: Message | null = null;
  #heardAt = -Infinity;
  #aloud = false;
  /** There is something to say that the notice does not say yet. */
  #due = false;
  #resting = false;
  #cancel: () => void = () => undefined;

  constructor(world: GatheringWorld) {
    this.#world = world;
  }

  /** The newest line that was heard. */
  get seq(): number {
    return this.#newest?.seq ?? 0;
  }

  /** A line came: the first one is shown at once, those after it together. `calls`: it names the reader. */
  add(message: Message, calls: boolean): void {
    const now = this.#world.now();
    this.#aloud ||= calls || now - this.#heardAt >= LULL;
    this.#heardAt = now;
    this.#newest = message;
    this.#due = true;
    if (!this.#resting) this.#show();
  }

  /** The notice is gone. */
  end(): void {
    this.#cancel();
  }

  #show(): void {
    this.#resting = this.#due;
    if (!this.#due || this.#newest === null) return;
    const aloud = this.#aloud;
    this.#due = this.#aloud = false;
    this.#cancel = this.#world.after(TOGETHER, () => this.#show());
    this.#world.show({ message: this.#newest, aloud });
  }
}
