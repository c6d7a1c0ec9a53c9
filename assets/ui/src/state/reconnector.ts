/**
 * Decides when to try the connection again. Knows no socket: it is told what happened and calls
 * `connect`. Time and chance come from outside, so that tests own them.
 */

import { batch, signal } from "@preact/signals";

/** Where the connection stands. */
export type LinkPhase = "idle" | "connecting" | "online" | "waiting";

/** All that one tab tells another about it. */
export interface LinkState {
  phase: LinkPhase;
  retryAt: number;
  downSince: number | null;
  updating: boolean;
}

/** What the reconnector needs from the world. */
export interface ReconnectorWorld {
  connect(): void;
  now(): number;
  /** 0 ≤ value < 1. */
  random(): number;
  /** Runs `task` after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
}

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 30_000;

/** Retries with growing, jittered delays until it is told to stop. */
export class Reconnector {
  readonly phase = signal<LinkPhase>("idle");
  /** When the next try starts, in ms since 1970; meaningful while waiting. */
  readonly retryAt = signal(0);
  /** Since when there is no connection; `null` while there is one, or none is wanted. */
  readonly downSince = signal<number | null>(null);
  /** Whether the server said that it comes back at once. */
  readonly updating = signal(false);
  readonly #world: ReconnectorWorld;
  #tries = 0;
  #cancel: () => void = () => undefined;

  constructor(world: ReconnectorWorld) {
    this.#world = world;
  }

  /** Wants a connection from now on; also when it was another tab's until now. */
  start(): void {
    this.#cancel();
    this.downSince.value ??= this.#world.now();
    this.#try();
  }

  /** Wants no connection any more. */
  stop(): void {
    this.#cancel();
    this.#tries = 0;
    batch(() => {
      this.phase.value = "idle";
      this.downSince.value = null;
      this.updating.value = false;
    });
  }

  /** The connection stands. */
  opened(): void {
    if (this.phase.peek() === "idle") return;
    this.#cancel();
    this.#tries = 0;
    batch(() => {
      this.phase.value = "online";
      this.downSince.value = null;
      this.updating.value = false;
    });
  }

  /** Another tab has the connection; this is how it stands there. */
  mirror(state: LinkState): void {
    this.#cancel();
    this.#tries = 0;
    batch(() => {
      this.phase.value = state.phase;
      this.retryAt.value = state.retryAt;
      this.downSince.value = state.downSince;
      this.updating.value = state.updating;
    });
  }

  /** How it stands, for other tabs. Subscribes the caller. */
  get state(): LinkState {
    return { phase: this.phase.value, retryAt: this.retryAt.value, downSince: this.downSince.value, updating: this.updating.value };
  }

  /** The connection was lost, or a try failed; the next try comes by itself. `restarting`: the server said so. */
  failed(restarting = false): void {
    if (this.phase.peek() === "idle" || this.phase.peek() === "waiting") return;
    const delay = this.nextDelay();
    this.#tries += 1;
    batch(() => {
      this.downSince.value ??= this.#world.now();
      this.retryAt.value = this.#world.now() + delay;
      this.phase.value = "waiting";
      if (restarting) this.updating.value = true;
    });
    this.#cancel = this.#world.after(delay, () => this.#try());
  }

  /** Tries at once instead of waiting. */
  tryNow(): void {
    if (this.phase.peek() !== "waiting") return;
    this.#cancel();
    this.#try();
  }

  /** The next delay in ms: 1, 2, 4 … 30 s, each between half and all of it, so that crowds spread. */
  private nextDelay(): number {
    const whole = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#tries);
    return Math.round(whole * (0.5 + this.#world.random() / 2));
  }

  #try(): void {
    this.phase.value = "connecting";
    this.#world.connect();
  }
}
