/**
 * The send queue. A line is kept on disk before it is sent and forgotten when the server has
 * confirmed it; the server drops repetitions by `clientId`. Within a conversation, order is kept.
 * All tabs have all lines; the one that leads sends them, each tab makes those ready whose files it has.
 */

import { batch, signal } from "@preact/signals";
import type { OutboxItem } from "../cache/db";
import { Failure, toFailure } from "../lib/failure";
import type { Message } from "../lib/wire";

/** What the queue needs from the world. */
export interface OutboxWorld {
  put(item: OutboxItem): Promise<void>;
  remove(clientId: string): Promise<void>;
  load(userId: string): Promise<OutboxItem[]>;
  /** Sends one line; rejects with a {@link Failure}. */
  send(item: OutboxItem, attachments: readonly string[]): Promise<Message>;
  /** The ids of the files that go with a line, `null` while they are on their way, or why one can't go. */
  files(item: OutboxItem): readonly string[] | Failure | null;
  /** Whether this tab can send. */
  isOnline(): boolean;
  /** A line is new or has changed; the other tabs are told. */
  changed(item: OutboxItem): void;
  /** Called once for each line that the server has stored. */
  delivered(message: Message, item: OutboxItem): void;
  now(): number;
  after(ms: number, task: () => void): void;
}

/** Codes after which the same line may still go through by itself. */
const PASSING = new Set(["offline", "no_answer", "rate_limited", "server_busy", "storage_full"]);
/** Seconds until a line is tried again that the server has no room for, should it not tell when it has. */
const FULL_PAUSE = 30;
/** How many delivered lines are remembered. */
const REMEMBERED = 500;
/** Unanswered tries on a standing connection before the line counts as failed. */
const MAX_UNANSWERED = 3;

/** Unsent lines of the signed-in user. */
export class Outbox {
  /** All unsent lines in their order, waiting and failed ones. */
  readonly items = signal<readonly OutboxItem[]>([]);
  readonly #world: OutboxWorld;
  readonly #busy = new Set<string>();
  readonly #unanswered = new Map<string, number>();
  /** Delivered or given up: a word about them that comes late brings nothing back. */
  readonly #gone = new Set<string>();
  #userId = "";
  #order = 0;

  constructor(world: OutboxWorld) {
    this.#world = world;
  }

  /** Takes up the lines that this user left unsent. */
  async open(userId: string): Promise<void> {
    this.#userId = userId;
    const kept = await this.#world.load(userId);
    if (this.#userId !== userId) return;
    const fresh = this.items.peek().filter((item) => !kept.some((old) => old.clientId === item.clientId));
    this.items.value = [...kept.filter((item) => !this.#gone.has(item.clientId)), ...fresh];
    this.pump();
  }

  /** Forgets the lines in memory; those on disk stay. */
  close(): void {
    this.#userId = "";
    this.items.value = [];
    this.#busy.clear();
    this.#unanswered.clear();
  }

  /** Adds a line and sends it as soon as possible. */
  add(line: Pick<OutboxItem, "clientId" | "conversationId" | "content" | "uploads">): OutboxItem {
    const now = this.#world.now();
    this.#order = Math.max(this.#order + 1, now);
    const item: OutboxItem = { ...line, userId: this.#userId, createdAt: now, order: this.#order };
    this.items.value = [...this.items.peek(), item];
    const kept = () => {
      // It may have been given up meanwhile.
      if (this.#find(item.clientId) !== undefined) this.#world.changed(item);
      this.pump();
    };
    void this.#world.put(item).then(kept, kept);
    return item;
  }

  /** Takes a line as another tab has it. */
  take(item: OutboxItem): void {
    if (this.#gone.has(item.clientId) || item.userId !== this.#userId) return;
    this.#order = Math.max(this.#order, item.order);
    const others = this.items.peek().filter((each) => each.clientId !== item.clientId);
    this.items.value = [...others, item].sort((a, b) => a.order - b.order);
    this.pump();
  }

  /** Sends a failed line again; its files are looked for anew. */
  retry(clientId: string): void {
    const item = this.#find(clientId);
    if (item === undefined) return;
    const { failed: _code, reason: _reason, files: _files, ...rest } = item;
    this.#unanswered.delete(clientId);
    this.#replace(rest);
    this.pump();
  }

  /** Gives a line up. */
  discard(clientId: string): void {
    this.#gone.add(clientId);
    for (const old of this.#gone) if (this.#gone.size > REMEMBERED) this.#gone.delete(old);
    this.items.value = this.items.peek().filter((item) => item.clientId !== clientId);
    this.#unanswered.delete(clientId);
    void this.#world.remove(clientId);
  }

  /** The server has this line (told by any event); safe to call twice. */
  confirm(message: Message): void {
    const { clientId = "" } = message;
    const item = this.#find(clientId);
    // The word of the tab that wrote it may be on its way.
    if (item === undefined) return void (clientId !== "" && this.#gone.add(clientId));
    batch(() => {
      this.discard(item.clientId);
      this.#world.delivered(message, item);
    });
  }

  /** Sends the first waiting line of every conversation that has none under way; it may wait for its files. */
  pump(): void {
    const held = new Set<string>();
    for (const item of this.items.peek()) {
      if (item.failed !== undefined || held.has(item.conversationId)) continue;
      const files = item.files ?? this.#world.files(item);
      if (files instanceof Failure) {
        this.#replace({ ...item, failed: files.code, reason: files.message });
        continue;
      }
      held.add(item.conversationId);
      if (files === null) continue;
      if (item.files === undefined && files.length > 0) this.#replace({ ...item, files });
      if (!this.#world.isOnline() || this.#busy.has(item.conversationId)) continue;
      this.#busy.add(item.conversationId);
      void this.#send(item, files);
    }
  }

  async #send(item: OutboxItem, files: readonly string[]): Promise<void> {
    const userId = this.#userId;
    let again = true;
    try {
      const message = await this.#world.send(item, files);
      if (this.#userId === userId) this.confirm({ ...message, clientId: item.clientId });
    } catch (error) {
      if (this.#userId === userId) again = this.#refused(item, toFailure(error));
    }
    if (this.#userId !== userId) return;
    this.#busy.delete(item.conversationId);
    if (again) this.pump();
  }

  /** Decides what a refusal means; returns whether the queue may go on at once. */
  #refused(item: OutboxItem, failure: Failure): boolean {
    if (this.#find(item.clientId) === undefined) return true;
    const unanswered = (this.#unanswered.get(item.clientId) ?? 0) + (failure.code === "no_answer" ? 1 : 0);
    this.#unanswered.set(item.clientId, unanswered);
    if (!PASSING.has(failure.code) || unanswered >= MAX_UNANSWERED) {
      this.#replace({ ...item, failed: failure.code, reason: failure.message });
      return true;
    }
    if (failure.code !== "offline") {
      const seconds = failure.retryAfter ?? (failure.code === "storage_full" ? FULL_PAUSE : 1);
      this.#world.after(seconds * 1000, () => this.pump());
    }
    return false;
  }

  #replace(item: OutboxItem): void {
    this.items.value = this.items.peek().map((each) => (each.clientId === item.clientId ? item : each));
    void this.#world.put(item);
    this.#world.changed(item);
  }

  #find(clientId: string): OutboxItem | undefined {
    return this.items.peek().find((each) => each.clientId === clientId);
  }
}
