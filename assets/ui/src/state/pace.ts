/** What comes in fast is taken in steps: the first at once, what follows soon after it together. So much comes, so little is drawn. */

import { batch } from "@preact/signals";

/** Milliseconds between steps. */
const STEP = 120;

/** Tasks in their order, never more than one step late. */
export class Pace {
  readonly #after: (ms: number, task: () => void) => void;
  #waiting: (() => void)[] = [];
  #resting = false;

  constructor(after: (ms: number, task: () => void) => void) {
    this.#after = after;
  }

  /** Runs it now when it was quiet, else with the next step. */
  run(task: () => void): void {
    this.#waiting.push(task);
    if (this.#resting) return;
    this.flush();
    this.#rest();
  }

  /** Runs what waits, for what must not come before it. */
  flush(): void {
    const tasks = this.#waiting;
    this.#waiting = [];
    batch(() => tasks.forEach((task) => task()));
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
  }

  #rest(): void {
    this.#resting = true;
    this.#after(STEP, () => {
      this.#resting = false;
      if (this.#waiting.length === 0) return;
      this.flush();
      this.#rest();
    });
  }
}
