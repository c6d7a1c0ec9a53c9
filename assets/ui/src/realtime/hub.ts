/** What the tab that leads does for the others: asks and tells for them, and passes on what it hears. */

import { wired } from "./asks";
import { Crowd } from "./crowd";
import type { LineEvents, Position } from "./line";
import type { Packet, SharedWorld, Tab, Word } from "./tabs";

/** The part of the shared connection that only runs in the tab that leads. */
export class Hub {
  readonly crowd = new Crowd();
  /** This tab. */
  me: Tab;
  readonly #world: SharedWorld;
  readonly #post: (word: Word) => void;
  #leading = false;
  #position: Position | null = null;

  constructor(world: SharedWorld, post: (word: Word) => void) {
    this.#world = world;
    this.#post = post;
    this.me = { id: world.newId(), joins: [], visible: false, looking: null };
  }

  /** Leads from now on, from this position. */
  start(position: Position | null): void {
    this.#leading = true;
    this.#position = position;
    this.#world.socket.position = position;
    this.announce(true);
  }

  /** Leads no more. */
  stop(): void {
    this.#leading = false;
    this.crowd.clear();
  }

  /** Passes on what the socket has told; returns how far the server was heard. */
  pass<K extends keyof LineEvents>(name: K, data: LineEvents[K]): Position | null {
    this.#position = this.#world.socket.position ?? this.#position;
    if (name === "opened" && !(data as LineEvents["opened"]).recovered) this.crowd.joined = [];
    this.#post({ kind: "event", name, data, position: this.#position });
    return this.#position;
  }

  /** Does what another tab asks for; returns whether that one has just come. */
  serve(packet: Packet): boolean {
    const { socket } = this.#world;
    if (packet.kind === "tell") socket.tell(packet.event, packet.data);
    if (packet.kind === "ask") {
      const { n, from: to } = packet;
      socket.ask(packet.event, packet.data).then(
        (answer) => this.#post({ kind: "answer", to, n, answer, failure: null }),
        (error: unknown) => this.#post({ kind: "answer", to, n, answer: null, failure: wired(error) }),
      );
    }
    if (packet.kind === "bye") this.#gone(packet.from);
    if (packet.kind !== "tab") return false;
    const fresh = this.crowd.add(packet.tab);
    const gone = async () => this.#gone(packet.from);
    if (fresh) this.#world.locks?.request(lockOf(packet.from), {}, gone).catch(() => undefined);
    this.sync();
    this.announce(false);
    return fresh;
  }

  /** Tells the server what was opened and closed since. */
  sync(): void {
    const { socket } = this.#world;
    if (this.#leading && socket.connected) this.crowd.sync(this.me.joins, (event, id) => socket.tell(event, id));
  }

  /** Tells the others how it stands; `anew`: for the first time. */
  announce(anew: boolean): void {
    const { connected } = this.#world.socket;
    const lead = { connected: connected && !anew, visible: this.me.visible, position: this.#position, joined: this.crowd.joined };
    this.#post({ kind: "lead", anew, lead });
  }

  #gone(id: string): void {
    this.crowd.drop(id);
    this.sync();
  }
}

/** The lock that a tab holds as long as it lives. */
export function lockOf(id: string): string {
  return `inkspot tab ${id}`;
}
