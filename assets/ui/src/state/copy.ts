/** Keeps the copy for reading without a connection in step with what is heard, and reads from it. */

import { effect, signal } from "@preact/signals";
import { getMessages } from "../api/conversations";
import { forgetLines, loadKept, loadLines, loadRooms, saveKept, saveLines, saveRooms } from "../cache/copy";
import { toFailure } from "../lib/failure";
import { Gather } from "../lib/gather";
import { pageOf, rangeOf, type PageWish } from "../lib/pages";
import type { Conversation, Message, MessagePage } from "../lib/wire";
import type { Position } from "../realtime/line";
import type { SharedLine } from "../realtime/shared";
import { conversation, seedList, sortedConversations } from "./conversations";

/** Conversations whose lines are kept, the last opened ones. Their news are heard, so that the copy stays true. */
const ROOMS = 30;
/** How long the server may take before the copy is shown, in ms. */
const PATIENCE = 1_000;
/** What comes within this time after something was written is written together, in ms. */
const GATHER = 300;

/** The copy of the signed-in user; all tabs read it, the one that leads writes what it hears. */
export class Copy {
  /** The conversations whose lines are kept, the last opened one first. */
  readonly opened = signal<readonly string[]>([]);
  readonly #realtime: SharedLine;
  readonly #mend: (id: string, page: MessagePage) => void;
  /** Lines that were heard and are not written yet. */
  #lines: Message[] = [];
  readonly #linesToWrite = new Gather(() => this.#writeLines(), GATHER);
  /** The list as it is written. */
  #rooms: ReadonlyMap<string, Conversation> = new Map();
  readonly #roomsToWrite = new Gather(() => this.#writeRooms(), GATHER);
  #stop: () => void = () => undefined;
  #on = false;

  /** `mend` is told when the server says something else than what the copy gave. */
  constructor(realtime: SharedLine, mend: (id: string, page: MessagePage) => void) {
    this.#realtime = realtime;
    this.#mend = mend;
    const { events } = realtime;
    for (const name of ["new-message", "message-sent", "message-updated"] as const) events.on(name, (message) => this.#hear(message));
    events.on("session", () => this.#hear(null));
    events.on("conversation-updated", () => this.#hear(null));
    events.on("conversation-removed", ({ conversationId }) => this.#drop(conversationId));
    // What changed while another tab led, and was not written by it.
    events.on("lead", () => this.#on && this.#roomsToWrite.ask());
    events.on("opened", ({ recovered }) => !recovered && realtime.leading && void this.#renew());
    events.on("shared", ({ topic, data }) => topic === "kept" && (this.opened.value = data as string[]));
  }

  /** Takes up the list as it was kept; resolves to how far the server was heard then. */
  async open(): Promise<Position | null> {
    const [rooms, opened, position] = await Promise.all([loadRooms(), loadKept<string[]>("opened"), loadKept<Position>("position")]);
    this.#on = true;
    this.opened.value = opened ?? [];
    seedList(rooms);
    this.#rooms = byId(sortedConversations.peek());
    this.#stop = effect(() => {
      void sortedConversations.value;
      this.#roomsToWrite.ask();
    });
    return position ?? null;
  }

  /** Writes what waits: the page may go, and nothing more is done in it. */
  flush(): void {
    this.#roomsToWrite.flush();
    this.#linesToWrite.flush();
  }

  /** Writes no more. */
  close(): void {
    this.#on = false;
    this.#stop();
    this.#roomsToWrite.drop();
    this.#linesToWrite.drop();
    this.#lines = [];
    this.opened.value = [];
  }

  /** Somebody has opened a conversation: its lines are kept from now on. */
  touch(id: string): void {
    const before = this.opened.peek();
    if (!this.#on || before[0] === id) return;
    const all = [id, ...before.filter((each) => each !== id)];
    this.opened.value = all.slice(0, ROOMS);
    for (const old of all.slice(ROOMS)) void forgetLines(old);
    void saveKept("opened", this.opened.peek());
    this.#realtime.share("kept", this.opened.peek());
  }

  /** A page of a conversation: from the copy when that is whole, or when the server says nothing; else from the server. */
  async page(id: string, wish: PageWish): Promise<MessagePage> {
    const kept = this.opened.peek().includes(id) ? pageOf(await loadLines(id, ...rangeOf(wish)), wish) : null;
    const asked = getMessages(id, wish);
    asked.then((page) => this.#keep(id, page.messages), () => undefined);
    if (kept === null) return asked;
    const mend = (): MessagePage => {
      asked.then((page) => this.#mend(id, page), () => undefined);
      return kept;
    };
    if (this.#isWhole(conversation(id), wish, kept)) return mend();
    const late = new Promise<MessagePage>((done) => setTimeout(() => done(kept), PATIENCE));
    const answer = asked.catch((error: unknown) => {
      const { code } = toFailure(error);
      if (code === "offline" || code === "server_busy") return kept;
      throw error;
    });
    const page = await Promise.race([answer, late]);
    return page === kept ? mend() : page;
  }

  /** While there is a connection, what was heard is written as it is heard: the newest page has nothing to wait for. */
  #isWhole(room: Conversation | undefined, wish: PageWish, page: MessagePage): boolean {
    const newest = wish.before === undefined && wish.after === undefined && wish.around === undefined;
    return newest && room !== undefined && this.#realtime.connected && (page.messages.at(-1)?.seq ?? 0) >= room.lastSeq;
  }

  #keep(id: string, lines: readonly Message[]): void {
    if (this.#on && this.opened.peek().includes(id)) void saveLines(lines);
  }

  #hear(message: Message | null): void {
    if (!this.#on || !this.#realtime.leading) return;
    if (message !== null && this.opened.peek().includes(message.conversationId)) this.#lines.push(message);
    this.#linesToWrite.ask();
  }

  #writeRooms(): boolean {
    if (!this.#realtime.leading) return false;
    const now = byId(sortedConversations.peek());
    const changed = [...now.values()].filter((room) => this.#rooms.get(room.id) !== room);
    const gone = [...this.#rooms.keys()].filter((id) => !now.has(id));
    this.#rooms = now;
    if (changed.length + gone.length === 0) return false;
    void saveRooms(changed, gone);
    return true;
  }

  #writeLines(): boolean {
    const lines = this.#lines;
    this.#lines = [];
    // Alone, another tab could take the connection over while this one has it.
    void saveLines(lines, this.#realtime.shared ? this.#realtime.position : null);
    return true;
  }

  #drop(id: string): void {
    this.#lines = this.#lines.filter((line) => line.conversationId !== id);
    this.opened.value = this.opened.peek().filter((each) => each !== id);
    if (this.#on) void saveKept("opened", this.opened.peek());
    void forgetLines(id);
  }

  /** The server did not tell what happened since: what was changed or deleted meanwhile can't be known, so all is fetched anew. */
  async #renew(): Promise<void> {
    await forgetLines();
    for (const id of this.opened.peek()) {
      if (!this.#on || !this.#realtime.connected) return;
      const page = await getMessages(id, {}).catch(() => null);
      if (page !== null) this.#keep(id, page.messages);
    }
  }
}

const byId = (rooms: readonly Conversation[]): ReadonlyMap<string, Conversation> => new Map(rooms.map((room) => [room.id, room]));
