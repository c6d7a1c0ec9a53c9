/** Answers of searches that are kept for the way back, the newest last. */

import type { Wish } from "../api/search";
import type { Conversation, Message, SearchHit, User } from "../lib/wire";

/** What was found. */
export interface Answer {
  wish: Wish;
  hits: readonly SearchHit[];
  /** Where the next page begins, `null` after the last. */
  next: string | null;
  tookMs: number;
  indexing: boolean;
  people: readonly User[];
  rooms: readonly Conversation[];
}

const KEPT = 6;

/** What makes two questions the same. */
export function keyOf({ q, within }: Wish): string {
  return `${within ?? ""}\n${q}`;
}

/** A few answers, by their questions. */
export class Answers {
  /** Where each one was scrolled to. */
  readonly places = new Map<string, number>();
  readonly #all = new Map<string, Answer>();

  find(wish: Wish): Answer | undefined {
    return this.#all.get(keyOf(wish));
  }

  /** Keeps it as the newest; one of an index that was not complete is not kept. */
  keep(answer: Answer): void {
    const key = keyOf(answer.wish);
    this.#all.delete(key);
    if (!answer.indexing) this.#all.set(key, answer);
    for (const old of this.#all.keys()) {
      if (this.#all.size <= KEPT) break;
      this.#all.delete(old);
      this.places.delete(old);
    }
  }

  /** A message has other words now, or was deleted. */
  update(message: Message): void {
    for (const [key, answer] of this.#all) this.#all.set(key, updated(answer, message));
  }

  clear(): void {
    this.#all.clear();
    this.places.clear();
  }
}

/** An answer as it is after a message was changed: without it when it was deleted, else without marks in it. */
export function updated(answer: Answer, message: Message): Answer {
  if (!answer.hits.some((hit) => hit.message.id === message.id)) return answer;
  const change = (hit: SearchHit): SearchHit[] => {
    if (hit.message.id !== message.id) return [hit];
    return message.deletedAt === undefined ? [{ ...hit, message, highlights: [] }] : [];
  };
  return { ...answer, hits: answer.hits.flatMap(change) };
}
