/**
 * Searching as one types: one question at a time, after a short pause, and what was found stays until
 * the next answer is there. Knows no network: answers come from `Sources`.
 */

import { batch, signal } from "@preact/signals";
import type { Wish } from "../api/search";
import { toFailure, type Failure } from "../lib/failure";
import type { Conversation, Message, SearchPage, User } from "../lib/wire";
import { Answers, keyOf, updated, type Answer } from "./answers";

/** Where answers come from; each must give up when `signal` is aborted. */
export interface Sources {
  messages(wish: Wish, cursor: string | null, signal: AbortSignal): Promise<SearchPage>;
  people(typed: string, signal: AbortSignal): Promise<User[]>;
  rooms(typed: string, signal: AbortSignal): Promise<Conversation[]>;
}

/** What to search for; `names` is looked for among people and conversations, `""` for none. */
export interface Question extends Wish {
  names: string;
}

/** Milliseconds without a key before the server is asked. */
export const PAUSE = 180;

type Delay = (ms: number, task: () => void) => () => void;

/** The search of this tab. */
export class Search {
  /** The newest answer; stays while the next one is looked for. */
  readonly answer = signal<Answer | null>(null);
  /** A question is on its way. */
  readonly busy = signal(false);
  readonly loadingMore = signal(false);
  readonly failure = signal<Failure | null>(null);
  readonly answers = new Answers();
  /** The id of the message whose hit was followed last. */
  followed: string | null = null;
  readonly #sources: Sources;
  readonly #after: Delay;
  #asked = "";
  #running: AbortController | null = null;
  #cancel: () => void = () => undefined;

  constructor(sources: Sources, after: Delay) {
    this.#sources = sources;
    this.#after = after;
  }

  /** Asks after a pause in typing; the same question again does nothing. */
  ask(question: Question): void {
    if (keyOf(question) !== this.#asked || this.failure.peek() !== null) this.#begin(question, PAUSE);
  }

  /** Asks at once: the page is opened with a question, or one wants to know again. */
  open(question: Question): void {
    const shown = this.answer.peek();
    if (shown !== null && keyOf(shown.wish) !== keyOf(question)) this.answer.value = null;
    this.#begin(question, 0);
  }

  /** Comes back to a question: its answer is shown as it was, with all pages, if it is kept. */
  reopen(question: Question): void {
    const kept = this.answers.find(question);
    if (kept === undefined) return this.open(question);
    this.#stop();
    this.#asked = keyOf(question);
    batch(() => {
      this.answer.value = kept;
      this.failure.value = null;
    });
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
    this.answers.update(message);
    const shown = this.answer.peek();
    if (shown !== null) this.answer.value = updated(shown, message);
  }

  /** Forgets everything, for signing out. */
  forget(): void {
    this.#stop();
    this.#asked = "";
    this.answers.clear();
    this.followed = null;
    batch(() => {
      this.answer.value = null;
      this.failure.value = null;
    });
  }

  #begin(question: Question, pause: number): void {
    this.#stop();
    this.#asked = keyOf(question);
    const empty = question.q.trim() === "";
    batch(() => {
      this.busy.value = !empty;
      this.failure.value = null;
      if (empty) this.answer.value = null;
    });
    if (!empty) this.#cancel = this.#after(pause, () => void this.#run(question));
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

  async #run(question: Question): Promise<void> {
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
        this.#cancel = this.#after(failure.retryAfter * 1_000, () => void this.#run(question));
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
    this.answer.value = answer;
    this.answers.keep(answer);
  }
}
