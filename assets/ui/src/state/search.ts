/**
 * Searching as one types: one question at a time, after a short pause, and what was found stays until
 * the next answer is there. Knows no network: answers come from `Sources`.
 */

import { batch, signal } from "@preact/signals";
import type { Wish } from "../api/search";
import { toFailure, type Failure } from "../lib/failure";
import type { Conversation, Message, SearchHit, SearchPage, User } from "../lib/wire";

/** Where answers come from; each must give up when `signal` is aborted. */
export interface Sources {
  messages(wish: Wish, cursor: string | null, signal: AbortSignal): Promise<SearchPage>;
  people(typed: string, signal: AbortSignal): Promise<User[]>;
  rooms(typed: string, signal: AbortSignal): Promise<Conversation[]>;
}

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

/** What to search for; `names` is looked for among people and conversations, `""` for none. */
export interface Question extends Wish {
  names: string;
}

/** Milliseconds without a key before the server is asked. */
export const PAUSE = 180;
/** Answers kept for the way back. */
const KEPT = 6;

type Delay = (ms: number, task: () => void) => () => void;

/** The search of this tab. */
export class Search {
  /** The newest answer; stays while the next one is looked for. */
  readonly answer = signal<Answer | null>(null);
  /** A question is on its way. */
  readonly busy = signal(false);
  readonly loadingMore = signal(false);
  readonly failure = signal<Failure | null>(null);
  /** Where each page of results was scrolled to, by its question. */
  readonly places = new Map<string, number>();
  /** The id of the message whose hit was followed last. */
  followed: string | null = null;
  readonly #sources: Sources;
  readonly #after: Delay;
  readonly #kept = new Map<string, Answer>();
  #asked = "";
  #running: AbortController | null = null;
  #cancel: () => void = () => undefined;

  constructor(sources: Sources, after: Delay) {
    this.#sources = sources;
    this.#after = after;
  }

  /** Asks after a pause; an answer that is kept is there at once. The same question again does nothing. */
  ask(question: Question, pause = PAUSE): void {
    const key = keyOf(question);
    if (key === this.#asked && this.failure.peek() === null) return;
    this.#stop();
    this.#asked = key;
    const kept = this.#kept.get(key);
    if (kept !== undefined || question.q.trim() === "") {
      batch(() => {
        this.answer.value = kept ?? null;
        this.failure.value = null;
      });
      return;
    }
    this.busy.value = true;
    this.#cancel = this.#after(pause, () => void this.#run(question, key));
  }

  /** Asks again, for a failure or because the index was not complete. */
  again(question: Question): void {
    this.#kept.delete(keyOf(question));
    this.#asked = "";
    this.ask(question, 0);
  }

  /** Loads the next page of what is shown. */
  async more(): Promise<void> {
    const shown = this.answer.peek();
    if (shown === null || shown.next === null || this.busy.peek() || this.loadingMore.peek()) return;
    const running = this.#running ?? new AbortController();
    this.#running = running;
    this.loadingMore.value = true;
    try {
      const page = await this.#sources.messages(shown.wish, shown.next, running.signal);
      if (running.signal.aborted) return;
      const known = new Set(shown.hits.map((hit) => hit.message.id));
      const fresh = page.hits.filter((hit) => !known.has(hit.message.id));
      batch(() => {
        this.failure.value = null;
        this.#keep({ ...shown, hits: [...shown.hits, ...fresh], next: page.next, indexing: page.indexing });
      });
    } catch (error) {
      if (!running.signal.aborted) this.failure.value = toFailure(error);
    } finally {
      if (!running.signal.aborted) this.loadingMore.value = false;
    }
  }

  /** A message has other words now, or was deleted: what is shown of it must not be what it was. */
  update(message: Message): void {
    const changed = (hit: SearchHit): SearchHit[] => {
      if (hit.message.id !== message.id) return [hit];
      return message.deletedAt === undefined ? [{ ...hit, message, highlights: [] }] : [];
    };
    const touched = (answer: Answer) => answer.hits.some((hit) => hit.message.id === message.id);
    for (const [key, answer] of this.#kept) if (touched(answer)) this.#kept.set(key, { ...answer, hits: answer.hits.flatMap(changed) });
    const shown = this.answer.peek();
    if (shown !== null && touched(shown)) this.answer.value = { ...shown, hits: shown.hits.flatMap(changed) };
  }

  /** Forgets everything, for signing out. */
  forget(): void {
    this.#stop();
    this.#asked = "";
    this.#kept.clear();
    this.places.clear();
    this.followed = null;
    batch(() => {
      this.answer.value = null;
      this.failure.value = null;
    });
  }

  #stop(): void {
    this.#cancel();
    this.#running?.abort();
    this.#running = null;
    batch(() => {
      this.busy.value = false;
      this.loadingMore.value = false;
    });
  }

  async #run(question: Question, key: string): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    const { q, within, names } = question;
    const wish = { q, within };
    // Names are an extra: without them the messages still stand.
    const none = () => [];
    const people = names === "" ? [] : this.#sources.people(names, running.signal).catch(none);
    const rooms = names === "" ? [] : this.#sources.rooms(names, running.signal).catch(none);
    try {
      const [page, ...named] = await Promise.all([this.#sources.messages(wish, null, running.signal), people, rooms]);
      if (running.signal.aborted) return;
      batch(() => {
        this.busy.value = false;
        this.failure.value = null;
        this.#keep({ wish, ...page, people: named[0], rooms: named[1] });
      });
    } catch (error) {
      if (running.signal.aborted) return;
      const failure = toFailure(error);
      // Typed too fast for the server: it is asked once more when it may be.
      if (failure.code === "rate_limited" && failure.retryAfter !== undefined) {
        this.#cancel = this.#after(failure.retryAfter * 1_000, () => void this.#run(question, key));
        return;
      }
      this.#running = null;
      batch(() => {
        this.busy.value = false;
        this.failure.value = failure;
      });
    }
  }

  #keep(answer: Answer): void {
    const key = keyOf(answer.wish);
    this.answer.value = answer;
    this.#kept.delete(key);
    // What was searched while the index was not complete is searched again.
    if (!answer.indexing) this.#kept.set(key, answer);
    for (const old of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(old);
      this.places.delete(old);
    }
  }
}

/** What makes two questions the same. */
export function keyOf({ q, within }: Wish): string {
  return `${within ?? ""}\n${q}`;
}
