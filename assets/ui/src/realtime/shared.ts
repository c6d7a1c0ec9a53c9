/**
 * One connection for all tabs of a browser. One tab leads: it has the socket, tells the others what
 * it hears and the server what they say. When it closes, crashes or can't be seen while another can,
 * that one leads, and goes on where it stopped.
 */

import { Emitter } from "../lib/emitter";
import { Failure } from "../lib/failure";
import { Asks } from "./asks";
import { Hub, lockOf } from "./hub";
import { WIRE_EVENTS, type Line, type LineEvents, type Position } from "./line";
import { Seat } from "./seat";
import type { Channel, Lead, Packet, SharedEvents, SharedWorld, Tab, Word } from "./tabs";

/** The connection as every tab has it. */
export class SharedLine implements Line<SharedEvents> {
  readonly events = new Emitter<SharedEvents>();
  readonly #world: SharedWorld;
  readonly #asks: Asks;
  readonly #hub: Hub;
  #channel: Channel | null = null;
  #seat: Seat | null = null;
  #leading = false;
  #connected = false;
  #position: Position | null = null;
  /** The tab that leads, as far as this one knows: one that led before it was frozen may still believe that it does. */
  #leader: string | null = null;
  #letGo: () => void = () => undefined;

  constructor(world: SharedWorld) {
    this.#world = world;
    this.#asks = new Asks(world.after);
    this.#hub = new Hub(world, (word) => this.#post(word));
    const own = [...WIRE_EVENTS, "opened", "lost", "refused"] as const;
    for (const name of own) world.socket.events.on(name, (data) => this.#leading && this.#own(name, data));
  }

  /** Whether this tab has the socket. */
  get leading(): boolean {
    return this.#leading;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** How far the server was heard. */
  get position(): Position | null {
    return this.#position;
  }

  /** Whether the tabs know of each other; if not, each is alone. */
  get shared(): boolean {
    return this.#channel !== null;
  }

  /** The conversations that somebody is looking at; known to the tab that leads. */
  get lookedAt(): readonly string[] {
    return [...(this.#hub.me.looking === null ? [] : [this.#hub.me.looking]), ...this.#hub.crowd.lookedAt];
  }

  /** Takes part for this user; goes on from `position` if nobody leads yet. */
  open(userId: string, position: Position | null): void {
    this.#position = position;
    const { locks } = this.#world;
    const name = `inkspot ${userId}`;
    this.#channel = locks === null ? null : this.#world.open(name);
    if (locks === null || this.#channel === null) return this.#start();
    this.#channel.onPacket = (packet) => this.#hear(packet);
    // Ends with this tab, however it ends.
    locks.request(lockOf(this.#hub.me.id), {}, () => new Promise((done) => (this.#letGo = done))).catch(() => undefined);
    this.#seat = new Seat(locks, name, this.#world.after, { start: () => this.#start(), stop: () => this.#stop() });
    this.#seat.stand(this.#hub.me.visible);
    if (!this.#leading) this.#post({ kind: "tab", tab: this.#hub.me });
  }

  /** Takes part no more. */
  close(): void {
    this.#post({ kind: "bye" });
    this.#leading = this.#connected = false;
    this.#world.socket.disconnect();
    this.#seat?.leave();
    this.#letGo();
    this.#channel?.close();
    this.#channel = this.#seat = this.#position = this.#leader = null;
    this.#hub.stop();
    this.#hub.crowd.joined = [];
    this.#asks.abandon();
  }

  /** Starts one attempt to connect, in the tab that leads. */
  connect(): void {
    if (this.#leading) this.#world.socket.connect();
  }

  /** Says what is open and seen in this tab. */
  show(change: Partial<Omit<Tab, "id">>): void {
    this.#hub.me = { ...this.#hub.me, ...change };
    // While it was away another tab may have come to lead: whoever answers does.
    if (change.visible === true) this.#leader = null;
    if (change.visible !== undefined) this.#seat?.see(change.visible);
    if (!this.#leading) return this.#post({ kind: "tab", tab: this.#hub.me });
    this.#hub.sync();
    if (change.visible !== undefined) this.#hub.announce(false);
  }

  /** Says something to the other tabs. */
  share(topic: string, data: unknown): void {
    this.#post({ kind: "share", topic, data });
  }

  tell(event: string, data: unknown): void {
    if (this.#leading) this.#world.socket.tell(event, data);
    else if (this.#connected) this.#post({ kind: "tell", event, data });
  }

  async ask<T>(event: string, data: unknown): Promise<T> {
    if (this.#leading) return this.#world.socket.ask<T>(event, data);
    if (!this.#connected) throw new Failure({ code: "offline", message: "not connected" });
    return this.#asks.ask<T>((n) => this.#post({ kind: "ask", n, event, data }));
  }

  #start(): void {
    this.#leading = true;
    this.#connected = false;
    this.#asks.abandon();
    this.#hub.start(this.#position);
    this.events.emit("lead", null);
  }

  #stop(): void {
    this.#leading = this.#connected = false;
    this.#world.socket.sever();
    this.#hub.stop();
    this.#leader = null;
    this.#post({ kind: "cut" });
    // One that was frozen has not heard who leads by now.
    this.#post({ kind: "tab", tab: this.#hub.me });
    this.events.emit("follow", null);
  }

  /** The socket of this tab has told something. */
  #own<K extends keyof LineEvents>(name: K, data: LineEvents[K]): void {
    this.#position = this.#hub.pass(name, data);
    this.#happened(name, data);
    if (name === "opened") this.#hub.sync();
  }

  #happened<K extends keyof LineEvents>(name: K, data: LineEvents[K]): void {
    if (name === "opened") this.#connected = true;
    if (name === "lost" || name === "refused") {
      this.#connected = false;
      this.#asks.abandon();
    }
    (this.events as unknown as Emitter<LineEvents>).emit(name, data);
  }

  #hear(packet: Packet): void {
    if (packet.kind === "share") this.events.emit("shared", packet);
    else if (!this.#leading) this.#follow(packet);
    else if (this.#hub.serve(packet)) this.events.emit("came", null);
  }

  /** What the others do with the words of the tab that leads. */
  #follow(packet: Packet): void {
    if (packet.kind === "lead" && (packet.anew || this.#leader === null)) this.#leader = packet.from;
    if (packet.kind === "answer" && packet.to === this.#hub.me.id) this.#asks.answer(packet.n, packet.answer, packet.failure);
    // The one that led until now has let go.
    if (packet.kind === "cut") this.#seat?.freed();
    if (packet.from !== this.#leader) return;
    if (packet.kind === "cut" || packet.kind === "bye") this.#leader = null;
    if (packet.kind === "event") {
      this.#position = packet.position ?? this.#position;
      this.#happened(packet.name, packet.data as never);
    }
    if (packet.kind === "lead") this.#led(packet.lead, packet.anew);
  }

  #led(lead: Lead, anew: boolean): void {
    this.#position = lead.position ?? this.#position;
    this.#hub.crowd.joined = lead.joined;
    if (anew) {
      this.#connected = false;
      this.#asks.abandon();
      this.#post({ kind: "tab", tab: this.#hub.me });
    }
    if (lead.connected && !this.#connected) this.#happened("opened", { recovered: true });
    this.#seat?.heard(lead.visible);
  }

  #post(word: Word): void {
    this.#channel?.post({ ...word, from: this.#hub.me.id } as Packet);
  }
}
