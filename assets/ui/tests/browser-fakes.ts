/** Locks and channels between tabs, and a server that replays, for tests of what tabs share. */

import { Emitter } from "../src/lib/emitter";
import type { Locks } from "../src/realtime/election";
import type { LineEvents, Position } from "../src/realtime/line";
import { SharedLine } from "../src/realtime/shared";
import type { Channel, OwnLine, Packet } from "../src/realtime/tabs";
import { message, settle, TestClock } from "./support";

interface Wish {
  tab: Tab;
  grant(): void;
  taken(): void;
}

/** The Web Locks of one browser. */
class LockTable {
  readonly #queues = new Map<string, Wish[]>();

  of(tab: Tab): Locks {
    return {
      request: (name, options, held) =>
        new Promise((resolve, reject) => {
          const queue = this.#queues.get(name) ?? [];
          this.#queues.set(name, queue);
          const done = () => {
            const at = queue.indexOf(wish);
            if (at >= 0) queue.splice(at, 1);
            if (at === 0) queue[0]?.grant();
          };
          const wish: Wish = {
            tab,
            grant: () => void Promise.resolve().then(held).then(() => (done(), resolve(null))),
            taken: () => tab.whenAwake(() => reject(new Error("AbortError"))),
          };
          options.signal?.addEventListener("abort", () => (done(), reject(new Error("AbortError"))));
          if (options.steal === true) {
            queue.shift()?.taken();
            queue.unshift(wish);
            wish.grant();
          } else if (queue.push(wish) === 1) wish.grant();
        }),
    };
  }

  /** All that a dead tab held or waited for. */
  free(tab: Tab): void {
    for (const queue of this.#queues.values()) {
      const held = queue[0]?.tab === tab;
      queue.splice(0, queue.length, ...queue.filter((wish) => wish.tab !== tab));
      if (held) queue[0]?.grant();
    }
  }
}

/** The server: a log, and at most one socket per tab. */
export class Server {
  readonly log: string[] = [];
  readonly joined = new Set<string>();
  readonly told: [string, unknown][] = [];
  /** Tabs that have a socket now. */
  readonly sockets = new Set<Tab>();
  opened = 0;

  /** A line is stored; who is connected hears it. */
  say(content: string): void {
    this.log.push(content);
    for (const tab of this.sockets) this.send(tab, this.log.length);
  }

  send(tab: Tab, seq: number): void {
    if (tab.dead) return;
    tab.socket.position = { pid: "p", offset: String(seq) };
    tab.socket.events.emit("new-message", message(seq, { content: this.log[seq - 1] ?? "" }));
  }
}

class Socket implements OwnLine {
  readonly events = new Emitter<LineEvents>();
  position: Position | null = null;
  readonly #tab: Tab;

  constructor(tab: Tab) {
    this.#tab = tab;
  }

  get connected(): boolean {
    return this.#tab.browser.server.sockets.has(this.#tab);
  }

  connect(): void {
    const { server } = this.#tab.browser;
    server.sockets.add(this.#tab);
    server.opened += 1;
    const from = this.position === null ? null : Number(this.position.offset);
    this.events.emit("opened", { recovered: from !== null });
    for (let seq = (from ?? server.log.length) + 1; seq <= server.log.length; seq += 1) server.send(this.#tab, seq);
    this.position ??= { pid: "p", offset: String(server.log.length) };
    this.events.emit("session", { userId: "me", username: "me", serverName: "", recovered: from !== null, head: server.log.length });
  }

  disconnect(): void {
    this.#tab.browser.server.sockets.delete(this.#tab);
  }

  sever(): void {
    this.disconnect();
  }

  tell(event: string, data: unknown): void {
    const { server } = this.#tab.browser;
    if (!this.connected) return;
    server.told.push([event, data]);
    if (event === "join-conversation") server.joined.add(String(data));
    if (event === "leave-conversation") server.joined.delete(String(data));
  }

  async ask<T>(event: string, data: unknown): Promise<T> {
    this.tell(event, data);
    return { event, data } as T;
  }
}

/** One tab. */
export class Tab {
  readonly browser: Browser;
  readonly socket: Socket;
  readonly line: SharedLine;
  readonly heard: string[] = [];
  readonly channels: Channel[] = [];
  dead = false;
  /** A frozen tab hears nothing and does nothing, and believes what it believed. */
  frozen = false;
  #later: (() => void)[] = [];

  constructor(browser: Browser, id: string) {
    this.browser = browser;
    this.socket = new Socket(this);
    this.line = new SharedLine({
      socket: this.socket,
      locks: browser.locks.of(this),
      open: () => browser.channel(this),
      newId: () => id,
      after: browser.clock.after,
    });
    this.line.events.on("lead", () => this.line.connect());
    this.line.events.on("new-message", ({ content }) => this.heard.push(content));
  }

  /** Does this now, or as soon as the tab is no longer frozen. */
  whenAwake(task: () => void): void {
    if (this.frozen) this.#later.push(task);
    else task();
  }

  /** It goes on where it was frozen. */
  wake(): void {
    this.frozen = false;
    for (const task of this.#later.splice(0)) task();
  }

  /** Its process ends without a word. */
  crash(): void {
    this.dead = true;
    this.browser.server.sockets.delete(this);
    this.browser.locks.free(this);
  }
}

/** A browser of several tabs. */
export class Browser {
  readonly clock = new TestClock();
  readonly server = new Server();
  readonly locks = new LockTable();
  readonly tabs: Tab[] = [];

  /** A tab is opened, in front of everybody or behind. */
  async open(visible = true): Promise<Tab> {
    const tab = new Tab(this, `tab ${this.tabs.length + 1}`);
    this.tabs.push(tab);
    tab.line.show({ visible });
    tab.line.open("me", null);
    await settle();
    return tab;
  }

  channel(tab: Tab): Channel {
    const channel: Channel = {
      onPacket: () => undefined,
      post: (packet: Packet) => {
        if (tab.dead) return;
        const copy = structuredClone(packet);
        for (const other of this.tabs) {
          if (other === tab || other.dead || other.frozen) continue;
          for (const each of other.channels) void Promise.resolve().then(() => each.onPacket(copy));
        }
      },
      close: () => tab.channels.splice(0),
    };
    tab.channels.push(channel);
    return channel;
  }

  get leaders(): Tab[] {
    return this.tabs.filter((tab) => tab.line.leading && !tab.dead);
  }
}
