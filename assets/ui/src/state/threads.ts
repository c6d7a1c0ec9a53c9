/** The pages of conversations that are kept in memory, the most recently opened last. */

import { breath } from "./breath";
import { Thread, type FetchPage } from "./thread";

const MAX = 8;

/** Pages by conversation; `pinned` ones are never let go. */
export class Threads {
  readonly #all = new Map<string, Thread>();
  readonly #pinned: (id: string) => boolean;
  readonly #fetchFor: (id: string) => FetchPage;

  constructor(pinned: (id: string) => boolean, fetchFor: (id: string) => FetchPage) {
    this.#pinned = pinned;
    this.#fetchFor = fetchFor;
  }

  /** The page of a conversation, made when there is none; the least recently opened ones are let go. */
  open(id: string): Thread {
    const thread = this.#all.get(id) ?? new Thread(this.#fetchFor(id), breath);
    this.#all.delete(id);
    this.#all.set(id, thread);
    for (const old of this.#all.keys()) {
      if (this.#all.size <= MAX) break;
      if (!this.#pinned(old)) this.#all.delete(old);
    }
    return thread;
  }

  /** The page of a conversation, if it is in memory. */
  find(id: string): Thread | undefined {
    return this.#all.get(id);
  }

  /** All of them, with their conversations. */
  all(): Iterable<[string, Thread]> {
    return this.#all;
  }

  /** Forgets one, or all. */
  forget(id?: string): void {
    if (id === undefined) this.#all.clear();
    else this.#all.delete(id);
  }
}
