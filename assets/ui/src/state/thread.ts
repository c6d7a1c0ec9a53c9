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
/** So many lines of a page are taken at once: all of them would hold up what a person does meanwhile. */
const STEP = 10;

/** A window of consecutive messages that fetches what is missing. */
export class Thread extends Window {
  readonly phase = signal<"new" | "loading" | "ready" | "failed">("new");
  readonly failure = signal<Failure | null>(null);
  readonly loadingOlder = signal(false);
  readonly loadingNewer = signal(false);
  /** The first line that was unread when the page was opened: the divider stands above it. */
  readonly unreadFrom = signal<number | null>(null);
  /** The line that one was led to: another object each time, for one may be led to the same line again. */
  readonly marked = signal<{ readonly seq: number } | null>(null);
  /** Marked unread: looking at it does not make it read before it is opened again. */
  held = false;
  readonly fresh = new Recent();
  readonly #fetch: FetchPage;
  readonly #breath: () => Promise<void>;
  #catchingUp = false;
  /** The highest sequence number heard of. */
  #known = 0;
  /** How often it was begun to lead elsewhere: the last one counts. */
  #leads = 0;
  /** The line to mark once it is here. */
  #wanted: number | null = null;

  /** `breath` is drawn between the steps of taking a page. */
  constructor(fetchPage: FetchPage, breath: () => Promise<void> = () => Promise.resolve()) {
    super();
    this.#fetch = fetchPage;
    this.#breath = breath;
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
    if (unread > 40) return this.#reset({ around: lastReadSeq + 1 });
    await this.#reset(this.place?.atEnd === false ? { around: this.place.seq } : {});
  }

  /** Whether the last line here is the newest one, or soon will be: what comes below it is news and no history. */
  get ended(): boolean {
    return this.#catchingUp || !this.hasNewer.peek();
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
    await this.#page("older", { before: String(this.oldest) });
  }

  /** Loads the page below. */
  async loadNewer(): Promise<void> {
    if (!this.hasNewer.peek() || this.loadingNewer.peek()) return;
    await this.#page("newer", { after: String(this.newest) });
    await this.catchUp(0);
  }

  /** Takes a line that came live; fills the gap first when lines before it are missing. One that `moves` is seen to come. */
  receive(message: Message, moves = true): void {
    this.#known = Math.max(this.#known, message.seq);
    if (this.phase.peek() !== "ready" || this.hasNewer.peek()) return;
    if (message.seq === this.newest + 1) {
      if (moves) this.fresh.add(message.seq);
      this.merge([message]);
    } else if (message.seq > this.newest) void this.catchUp(message.seq);
  }

  /** Leads to this line: loads around it when it is not in the window, and marks it in the same moment. */
  async show(seq: number): Promise<void> {
    this.#wanted = seq;
    this.#leads += 1;
    const ready = this.phase.peek() === "ready";
    if (ready && this.has(seq)) return this.#mark();
    if (ready) this.phase.value = "loading";
    await this.#reset({ around: seq });
  }

  /** Loads what is missing up to `lastSeq` and whatever came since. */
  async catchUp(lastSeq: number): Promise<void> {
    this.#known = Math.max(this.#known, lastSeq);
    if (this.phase.peek() !== "ready" || this.hasNewer.peek() || this.loadingNewer.peek()) return;
    const { replaced } = this;
    for (let pages = 0; this.newest < this.#known; pages += 1) {
      // Too much to fetch unasked: the rest comes as one reads on.
      this.#catchingUp = pages < CATCH_UP_PAGES;
      if (!this.#catchingUp) return void (this.hasNewer.value = true);
      const before = this.newest;
      await this.#page("newer", { after: String(before) });
      if (replaced !== this.replaced) return;
      if (this.newest === before) break;
    }
    this.#catchingUp = false;
  }

  async #reset(wish: PageWish): Promise<void> {
    const lead = (this.#leads += 1);
    if (this.messages.peek().length === 0) this.phase.value = "loading";
    try {
      const page = await this.#fetch(wish);
      if (lead !== this.#leads) return;
      batch(() => {
        // What is under way belongs to lines that go.
        this.#catchingUp = this.loadingOlder.value = this.loadingNewer.value = false;
        this.marked.value = null;
        this.replace(page);
        this.failure.value = null;
        this.phase.value = "ready";
        this.#mark();
      });
      await this.catchUp(0);
    } catch (error) {
      if (lead !== this.#leads) return;
      batch(() => {
        this.failure.value = toFailure(error);
        this.phase.value = this.messages.peek().length === 0 ? "failed" : "ready";
      });
    }
  }

  async #page(side: "older" | "newer", wish: PageWish): Promise<void> {
    const { replaced } = this;
    const flag = side === "older" ? this.loadingOlder : this.loadingNewer;
    flag.value = true;
    try {
      const page = await this.#fetch(wish);
      if (replaced !== this.replaced) return;
      this.failure.value = null;
      await this.#take(page, side);
    } catch (error) {
      if (replaced === this.replaced) this.failure.value = toFailure(error);
    } finally {
      if (replaced === this.replaced) flag.value = false;
    }
  }

  /** Takes the lines of a page in steps, those beside the window first. */
  async #take({ messages, before, after }: MessagePage, side: "older" | "newer"): Promise<void> {
    const { replaced } = this;
    const older = side === "older";
    for (let rest = messages; ; await this.#breath()) {
      const part = older ? rest.slice(-STEP) : rest.slice(0, STEP);
      // Meanwhile the lines that these belong to may have been let go.
      if (replaced !== this.replaced || !this.touches(part)) return;
      rest = older ? rest.slice(0, -STEP) : rest.slice(STEP);
      batch(() => {
        if (rest.length === 0 && older) this.hasOlder.value = before !== null;
        if (rest.length === 0 && !older) this.hasNewer.value = after !== null;
        this.merge(part);
      });
      if (rest.length === 0) return;
    }
  }

  #mark(): void {
    const seq = this.#wanted;
    if (seq !== null && this.has(seq)) this.marked.value = { seq };
    this.#wanted = null;
  }
}
