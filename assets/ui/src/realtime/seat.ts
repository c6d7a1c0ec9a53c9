/**
 * Whether this tab leads, and when it takes the lead: as soon as nobody has it, and from a tab that
 * can't be seen (browsers slow those down) or says nothing, when this one can be seen.
 */

import { Election, type Locks } from "./election";

/** Runs a task later; the returned function cancels it. */
export type After = (ms: number, task: () => void) => () => void;

/** What follows from it. */
export interface Sitter {
  /** This tab leads from now on. */
  start(): void;
  /** Another tab has taken the lead. */
  stop(): void;
}

/** How long a tab must have been seen before it takes the lead from one that is not, in ms. */
const SETTLE = 2_000;
/** How long the tab that leads may say nothing to one that can be seen. */
const SILENCE = 4_000;
/** How long the one that led may take to cut its connection. */
const CUT = 500;

/** One tab's seat. */
export class Seat {
  readonly #election: Election;
  readonly #after: After;
  readonly #sitter: Sitter;
  #leading = false;
  #visible = false;
  /** Whether the one that leads can be seen; `null` while it has not answered. */
  #other: boolean | null = null;
  #endWait: () => void = () => undefined;

  constructor(locks: Locks, name: string, after: After, sitter: Sitter) {
    this.#after = after;
    this.#sitter = sitter;
    this.#election = new Election(locks, name, {
      won: (taken) => this.#wait(taken ? CUT : 0, () => this.#start()),
      lost: () => {
        this.#leading = false;
        this.#other = null;
        this.#endWait();
        sitter.stop();
        this.#consider();
      },
    });
  }

  /** Wants to lead from now on. */
  stand(visible: boolean): void {
    this.#visible = visible;
    this.#election.stand();
    this.#consider();
  }

  /** Wants it no more. */
  leave(): void {
    this.#endWait();
    this.#leading = false;
    this.#election.leave();
  }

  /** This tab is seen, or no longer. One that was away may have heard nothing for long: the one that leads has to answer. */
  see(visible: boolean): void {
    if (visible && !this.#visible) this.#other = null;
    this.#visible = visible;
    this.#consider();
  }

  /** The one that leads has said whether it can be seen. */
  heard(visible: boolean): void {
    this.#other = visible;
    this.#consider();
  }

  /** The one that led until now has cut its connection. */
  freed(): void {
    if (this.#election.leading && !this.#leading) this.#start();
  }

  #start(): void {
    this.#endWait();
    this.#leading = true;
    this.#sitter.start();
  }

  #consider(): void {
    if (this.#election.leading) return;
    this.#endWait();
    if (this.#visible && this.#other !== true) this.#wait(this.#other === null ? SILENCE : SETTLE, () => this.#election.take());
  }

  #wait(ms: number, task: () => void): void {
    this.#endWait();
    if (ms === 0) return task();
    this.#endWait = this.#after(ms, task);
  }
}
