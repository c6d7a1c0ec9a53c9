/**
 * The page of one conversation: a gap-free window of its history, paged both ways. Knows no
 * network: pages come from `fetchPage`. Positions are sequence numbers, never times.
 */

import { batch, signal } from "@preact/signals";
import type { PageWish } from "../api/conversations";
import { toFailure, type Failure } from "../lib/failure";
import type { Message, MessagePage, Sender } from "../lib/wire";
import { Changes } from "./changes";

/** Loads a page of this conversation. */
export type FetchPage = (wish: PageWish) => Promise<MessagePage>;

/** Lines kept while reading at the end; older ones are fetched again when wanted. */
const KEEP = 300;
/** Missed lines are fetched at once up to this many pages. */
const CATCH_UP_PAGES = 6;

/** A window of consecutive messages. */
export class Thread {
  readonly messages = signal<readonly Message[]>([]);
  readonly phase = signal<"new" | "loading" | "ready" | "failed">("new");
  readonly failure = signal<Failure | null>(null);
  readonly hasOlder = signal(false);
  readonly hasNewer = signal(false);
  readonly loadingOlder = signal(false);
  readonly loadingNewer = signal(false);
  /** The first line that was unread when the page was opened: the divider stands above it. */
  readonly unreadFrom = signal<number | null>(null);
  /** A line that one was led to. */
  readonly marked = signal<number | null>(null);
  readonly #fetch: FetchPage;
  /** The highest sequence number heard of. */
  #known = 0;
  #generation = 0;
  readonly #changes = new Changes();
  /** The line to mark once it is here. */
  #wanted: number | null = null;

  constructor(fetchPage: FetchPage) {
    this.#fetch = fetchPage;
  }

  /** Sequence number of the newest line in the window, 0 when it is empty. */
  get newest(): number {
    return this.messages.peek().at(-1)?.seq ?? 0;
  }

  /** Loads the page around the line one is led to, or the first unread one, or else the newest page. */
  async open(lastReadSeq: number, lastSeq: number, at: number | null = null): Promise<void> {
    const unread = lastSeq - lastReadSeq;
    const ready = this.phase.peek() === "ready";
    if (unread > 0) this.unreadFrom.value = lastReadSeq + 1;
    if (at !== null) return this.show(at);
    if (ready && (unread <= 0 || this.newest >= lastSeq)) return this.catchUp(lastSeq);
    if (ready) this.phase.value = "loading";
    await this.#reset(unread > 40 ? { around: lastReadSeq + 1 } : {});
  }

  /** Throws the window away and loads the newest page. */
  async toNewest(): Promise<void> {
    this.#wanted = null;
    await this.#reset({});
  }

  /** Loads the page above. */
  async loadOlder(): Promise<void> {
    const first = this.messages.peek()[0];
    if (first === undefined || !this.hasOlder.peek() || this.loadingOlder.peek()) return;
    await this.#page(this.loadingOlder, { before: String(first.seq) });
  }

  /** Loads the page below. */
  async loadNewer(): Promise<void> {
    if (!this.hasNewer.peek() || this.loadingNewer.peek()) return;
    await this.#page(this.loadingNewer, { after: String(this.newest) });
    await this.catchUp(0);
  }

  /** Takes a line that came live; fills the gap first when lines before it are missing. */
  receive(message: Message): void {
    this.#known = Math.max(this.#known, message.seq);
    if (this.phase.peek() !== "ready" || this.hasNewer.peek()) return;
    if (message.seq === this.newest + 1) this.#merge([message], true);
    else if (message.seq > this.newest) void this.catchUp(message.seq);
  }

  /** A line has other words now, or was deleted. */
  update(message: Message): void {
    const lines = this.messages.peek();
    const at = lines.findIndex((each) => each.id === message.id);
    const line = this.#changes.note(message, lines[at]);
    if (at >= 0) this.messages.value = lines.with(at, line);
  }

  /** Leads to this line: loads around it when it is not in the window, and marks it in the same moment. */
  async show(seq: number): Promise<void> {
    this.#wanted = seq;
    const ready = this.phase.peek() === "ready";
    if (ready && this.#has(seq)) return this.#mark();
    if (ready) this.phase.value = "loading";
    await this.#reset({ around: seq });
  }

  /** Somebody is called something else now. */
  rename(who: Sender): void {
    this.messages.value = this.messages.peek().map((each) => (each.senderId === who.id ? { ...each, sender: who } : each));
  }

  /** Loads what is missing up to `lastSeq` and whatever came since. */
  async catchUp(lastSeq: number): Promise<void> {
    this.#known = Math.max(this.#known, lastSeq);
    if (this.phase.peek() !== "ready" || this.hasNewer.peek() || this.loadingNewer.peek()) return;
    for (let pages = 0; this.newest < this.#known; pages += 1) {
      // Too much to fetch unasked: the rest comes as one reads on.
      if (pages === CATCH_UP_PAGES) return void (this.hasNewer.value = true);
      const before = this.newest;
      await this.#page(this.loadingNewer, { after: String(before) });
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
        this.messages.value = page.messages.map((each) => this.#changes.newest(each));
        this.hasOlder.value = page.before !== null;
        this.hasNewer.value = page.after !== null;
        this.failure.value = null;
        this.phase.value = "ready";
        this.#mark();
      });
      await this.catchUp(0);
    } catch (error) {
      if (generation === this.#generation) this.#fail(error);
    }
  }

  async #page(flag: { value: boolean }, wish: PageWish): Promise<void> {
    const generation = this.#generation;
    flag.value = true;
    try {
      const page = await this.#fetch(wish);
      if (generation !== this.#generation) return;
      batch(() => {
        if (wish.before !== undefined) this.hasOlder.value = page.before !== null;
        else this.hasNewer.value = page.after !== null;
        this.failure.value = null;
        this.#merge(page.messages, false);
      });
    } catch (error) {
      if (generation === this.#generation) this.failure.value = toFailure(error);
    } finally {
      flag.value = false;
    }
  }

  /** Adds lines that touch the window; anything else would tear a gap and is left out. */
  #merge(lines: readonly Message[], trim: boolean): void {
    const all = [...this.messages.peek()];
    const fresh = lines.map((each) => this.#changes.newest(each));
    const first = all[0]?.seq ?? fresh[0]?.seq ?? 1;
    for (const line of fresh) {
      const last = all.at(-1);
      if (last === undefined || line.seq === last.seq + 1) all.push(line);
    }
    all.unshift(...fresh.filter((line) => line.seq < first));
    const over = trim ? all.length - KEEP * 2 : 0;
    if (over > 0) this.hasOlder.value = true;
    this.messages.value = over > 0 ? all.slice(-KEEP) : all;
  }

  #has(seq: number): boolean {
    return this.messages.peek().some((each) => each.seq === seq);
  }

  #mark(): void {
    const seq = this.#wanted;
    if (seq !== null && this.#has(seq)) this.marked.value = seq;
    this.#wanted = null;
  }

  #fail(error: unknown): void {
    batch(() => {
      this.failure.value = toFailure(error);
      this.phase.value = this.messages.peek().length === 0 ? "failed" : "ready";
    });
  }
}
