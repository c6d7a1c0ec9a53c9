/** A clock that the test moves, and messages to test with. */

import type { Conversation, Message, MessagePage } from "../src/lib/wire";
import type { PageWish } from "../src/lib/pages";

/** Timers that run when `advance` passes them. */
export class TestClock {
  now = 0;
  #tasks: { at: number; task: () => void }[] = [];

  /** As the real one: returns the way to cancel. */
  readonly after = (ms: number, task: () => void): (() => void) => {
    const entry = { at: this.now + ms, task };
    this.#tasks.push(entry);
    return () => (this.#tasks = this.#tasks.filter((each) => each !== entry));
  };

  /** Moves the time and runs what is due, in order. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#tasks.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((each) => each !== next);
      this.now = next.at;
      next.task();
    }
    this.now = end;
  }
}

/** A stored message. */
export function message(seq: number, more: Partial<Message> = {}): Message {
  const sender = { id: "u1", username: "amara", displayName: "Amara", name: "Amara" };
  const at = new Date(Date.UTC(2026, 5, 12, 8, 0, 0) + seq * 60_000).toISOString();
  return {
    id: `m${seq}`,
    seq,
    conversationId: "c",
    senderId: "u1",
    sender,
    content: `line ${seq}`,
    messageType: "text",
    attachments: [],
    mentions: [],
    createdAt: at,
    updatedAt: at,
    ...more,
  };
}

/** A group as the list has it. */
export function room(more: Partial<Conversation> = {}): Conversation {
  const at = new Date(Date.UTC(2026, 5, 12)).toISOString();
  const lastSeq = more.lastSeq ?? 0;
  return {
    id: "c",
    title: "Room",
    isGroup: true,
    members: [],
    memberCount: 3,
    readOnly: false,
    createdAt: at,
    updatedAt: at,
    lastMessage: lastSeq > 0 ? message(lastSeq) : null,
    lastSeq,
    lastReadSeq: lastSeq,
    unread: 0,
    mentions: 0,
    muted: false,
    pinned: false,
    archived: false,
    memberRole: "member",
    ...more,
  };
}

/** A history of messages 1 to `size` that answers pages as the server does, and can grow. */
export class History {
  readonly asked: PageWish[] = [];
  size: number;
  /** Called before each answer. */
  before: () => void = () => undefined;
  /** What is asked for meanwhile is answered after it. */
  wait: Promise<void> | undefined;

  constructor(size: number) {
    this.size = size;
  }

  readonly fetch = async (wish: PageWish): Promise<MessagePage> => {
    this.asked.push(wish);
    this.before();
    await this.wait;
    const limit = 50;
    let from = Math.max(0, this.size - limit);
    let to = this.size;
    if (wish.before !== undefined) [from, to] = [Math.max(0, Number(wish.before) - 1 - limit), Number(wish.before) - 1];
    if (wish.after !== undefined) [from, to] = [Number(wish.after), Math.min(this.size, Number(wish.after) + limit)];
    if (wish.around !== undefined) [from, to] = [Math.max(0, wish.around - 26), Math.min(this.size, wish.around + 25)];
    const messages = Array.from({ length: Math.max(0, to - from) }, (_, i) => message(from + 1 + i));
    return { messages, before: from > 0 ? String(from + 1) : null, after: to < this.size ? String(to) : null };
  };
}

/** Lets promises that are already settled run on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}
