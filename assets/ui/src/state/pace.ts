/** What comes in fast is taken in steps: the first at once, what follows soon after it together. So much comes, so little is drawn. */

import { batch } from "@preact/signals";

/** Milliseconds between steps. */
const STEP = 120;
/** So many tasks of a step are always done; of a flood a part, so that none holds up what a person does. */
const AT_ONCE = 10;
const PART = 1 / 4;

/** Tasks in their order, one step late, or a few while there is a flood. */
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

  /** Runs all that waits, for what must not come before it. */
  flush(): void {
    this.#take(this.#waiting.length);
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
      this.#take(Math.max(AT_ONCE, Math.ceil(this.#waiting.length * PART)));
      this.#rest();
    });
  }

  #take(count: number): void {
    const tasks = this.#waiting.splice(0, count);
    batch(() => tasks.forEach((task) => task()));
  }
}
