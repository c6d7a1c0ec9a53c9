/** Who is writing, and telling others that we are. Timers come from outside. */

import { signal } from "@preact/signals";

/** Runs a task later; the returned function cancels it. */
export type After = (ms: number, task: () => void) => () => void;

/** The server stops a typist after 3 s; this is a little more, for when its word is lost. */
const FORGET = 4_000;
/** The server forgets us after 3 s, so say it again before. */
const REPEAT = 2_000;
/** A pause this long means that we stopped. */
const PAUSE = 2_500;

/** One who writes. */
export interface Typist {
  userId: string;
  userName: string;
}

/** Others who are writing, per conversation. */
export class TypingTracker {
  readonly #typists = signal<ReadonlyMap<string, readonly Typist[]>>(new Map());
  readonly #timers = new Map<string, () => void>();
  readonly #after: After;

  constructor(after: After) {
    this.#after = after;
  }

  /** Those writing in this conversation, in the order in which they began. */
  in(conversationId: string): readonly Typist[] {
    return this.#typists.value.get(conversationId) ?? [];
  }

  /** Somebody writes. */
  started(conversationId: string, typist: Typist): void {
    const key = `${conversationId}/${typist.userId}`;
    this.#timers.get(key)?.();
    this.#timers.set(key, this.#after(FORGET, () => this.stopped(conversationId, typist.userId)));
    const others = this.#typists.peek().get(conversationId) ?? [];
    if (!others.some((each) => each.userId === typist.userId)) this.#set(conversationId, [...others, typist]);
  }

  /** Somebody stopped, or sent the line. */
  stopped(conversationId: string, userId: string): void {
    const key = `${conversationId}/${userId}`;
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    const before = this.#typists.peek().get(conversationId) ?? [];
    const rest = before.filter((each) => each.userId !== userId);
    if (rest.length !== before.length) this.#set(conversationId, rest);
  }

  /** Forgets everyone; for when the connection is lost. */
  clear(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#typists.value = new Map();
  }

  #set(conversationId: string, typists: readonly Typist[]): void {
    const next = new Map(this.#typists.peek());
    if (typists.length === 0) next.delete(conversationId);
    else next.set(conversationId, typists);
    this.#typists.value = next;
  }
}

/** Turns keystrokes into few `typing-start` and one `typing-stop`. */
export class TypingSignal {
  readonly #tell: (event: "typing-start" | "typing-stop") => void;
  readonly #after: After;
  #pause: (() => void) | null = null;
  #repeat: (() => void) | null = null;

  constructor(tell: (event: "typing-start" | "typing-stop") => void, after: After) {
    this.#tell = tell;
    this.#after = after;
  }

  /** A key was pressed and there is text. */
  touch(): void {
    if (this.#repeat === null) {
      this.#tell("typing-start");
      this.#repeat = this.#after(REPEAT, () => {
        this.#repeat = null;
      });
    }
    this.#pause?.();
    this.#pause = this.#after(PAUSE, () => this.stop());
  }

  /** The line was sent, emptied, or left. */
  stop(): void {
    if (this.#pause === null) return;
    this.#pause();
    this.#repeat?.();
    this.#pause = null;
    this.#repeat = null;
    this.#tell("typing-stop");
  }
}
