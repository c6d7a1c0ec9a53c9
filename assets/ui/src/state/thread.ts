/**
 * The page of one conversation: a gap-free window of its history, paged both ways and bounded around
 * the reader. Knows no network: pages come from `fetchPage`. Positions are sequence numbers, never times.
 */

import { batch, signal } from "@preact/signals";
import type { PageWish } from "../lib/pages";
import { toFailure, type Failure } from "../lib/failure";
import type { Message, MessagePage } from "../lib/wire";
import { Recent } from "./recent";
import { Window } from "./window";

/** Loads a page of this conversation. */
export type FetchPage = (wish: PageWish) => Promise<MessagePage>;

/** Missed lines are fetched at once up to this many pages. */
const CATCH_UP_PAGES = 6;

/** A window of consecutive messages that fetches what is missing. */
export class Thread extends Window {
  readonly phase = signal<"new" | "loading" | "ready" | "failed">("new");
  readonly failure = signal<Failure | null>(null);
  readonly loadingOlder = signal(false);
  readonly loadingNewer = signal(false);
  /** The first line that was unread when the page was opened: the divider stands above it. */
  readonly unreadFrom = signal<number | null>(null);
  /** A line that one was led to. */
  readonly marked = signal<number | null>(null);
  /** Marked unread: looking at it does not make it read before it is opened again. */
  held = false;
  readonly fresh = new Recent();
  readonly #fetch: FetchPage;
  /** The highest sequence number heard of. */
  #known = 0;
  #generation = 0;
  /** The line to mark once it is here. */
  #wanted: number | null = null;

  constructor(fetchPage: FetchPage) {
    super();
    this.#fetch = fetchPage;
  }

  /** Loads the page around the line one is led to, or the first unread one, or else the newest page. */
  async open(lastReadSeq: number, lastSeq: number, at: number | null = null): Promise<void> {
    const unread = lastSeq - lastReadSeq;
    const ready = this.phase.peek() === "ready";
    this.held = false;
    this.fresh.clear();
    if (unread > 0) {
      this.unreadFrom.value = lastReadSeq + 1;
      this.place = null;
    }
    if (at !== null) return this.show(at);
    if (ready && (unread <= 0 || this.newest >= lastSeq)) return this.catchUp(lastSeq);
    if (ready) this.phase.value = "loading";
    const { place } = this;
    if (unread > 40) return this.#reset({ around: lastReadSeq + 1 });
    await this.#reset(place === null || place.atEnd ? {} : { around: place.seq });
  }

  /** Counts as unread from this line on, until the page is opened again. */
  hold(seq: number): void {
    this.held = true;
    this.unreadFrom.value = seq;
  }

  /** Throws the window away and loads the newest page. */
  async toNewest(): Promise<void> {
    this.#wanted = null;
    this.place = null;
    await this.#reset({});
  }

  /** Loads the page above. */
  async loadOlder(): Promise<void> {
    if (!this.hasOlder.peek() || this.loadingOlder.peek()) return;
    const first = this.oldest;
    await this.#page(this.loadingOlder, { before: String(first) }, (page) => {
      // Meanwhile the lines it belongs to may have been let go.
      if (this.oldest !== first) return;
      this.hasOlder.value = page.before !== null;
      this.merge(page.messages);
    });
  }

  /** Loads the page below. */
  async loadNewer(): Promise<void> {
    if (!this.hasNewer.peek() || this.loadingNewer.peek()) return;
    await this.#below();
    await this.catchUp(0);
  }

  /** Takes a line that came live; fills the gap first when lines before it are missing. */
  receive(message: Message): void {
    this.#known = Math.max(this.#known, message.seq);
    if (this.phase.peek() !== "ready" || this.hasNewer.peek()) return;
    if (message.seq === this.newest + 1) {
      this.fresh.add(message.seq);
      this.merge([message]);
    } else if (message.seq > this.newest) void this.catchUp(message.seq);
  }

  /** Leads to this line: loads around it when it is not in the window, and marks it in the same moment. */
  async show(seq: number): Promise<void> {
    this.#wanted = seq;
    const ready = this.phase.peek() === "ready";
    if (ready && this.has(seq)) return this.#mark();
    if (ready) this.phase.value = "loading";
    await this.#reset({ around: seq });
  }

  /** Loads what is missing up to `lastSeq` and whatever came since. */
  async catchUp(lastSeq: number): Promise<void> {
    this.#known = Math.max(this.#known, lastSeq);
    if (this.phase.peek() !== "ready" || this.hasNewer.peek() || this.loadingNewer.peek()) return;
    for (let pages = 0; this.newest < this.#known; pages += 1) {
      // Too much to fetch unasked: the rest comes as one reads on.
      if (pages === CATCH_UP_PAGES) return void (this.hasNewer.value = true);
      const before = this.newest;
      await this.#below();
      if (this.newest === before) return;
    }
  }

  async #reset(wish: PageWish): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    if (this.messages.peek().length === 0) this.phase.value = "loading";
    try {
      const page = await this.#fetch(wish);
      if (generation !== this.#generation) return;
      batch(() => {
        this.replace(page);
        this.failure.value = null;
        this.phase.value = "ready";
        this.#mark();
      });
      await this.catchUp(0);
    } catch (error) {
      if (generation !== this.#generation) return;
      batch(() => {
        this.failure.value = toFailure(error);
        this.phase.value = this.messages.peek().length === 0 ? "failed" : "ready";
      });
    }
  }

  async #below(): Promise<void> {
    const last = this.newest;
    await this.#page(this.loadingNewer, { after: String(last) }, (page) => {
      if (this.newest < last) return;
      this.hasNewer.value = page.after !== null;
      this.merge(page.messages);
    });
  }

  async #page(flag: { value: boolean }, wish: PageWish, take: (page: MessagePage) => void): Promise<void> {
    const generation = this.#generation;
    flag.value = true;
    try {
      const page = await this.#fetch(wish);
      if (generation !== this.#generation) return;
      batch(() => {
        this.failure.value = null;
        take(page);
      });
    } catch (error) {
      if (generation === this.#generation) this.failure.value = toFailure(error);
    } finally {
      flag.value = false;
    }
  }

  #mark(): void {
    const seq = this.#wanted;
    if (seq !== null && this.has(seq)) this.marked.value = seq;
    this.#wanted = null;
  }
}
