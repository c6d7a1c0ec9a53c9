/** What comes in fast is taken in steps: the first at once, what follows soon after it together. So much comes, so little is drawn. */

import { batch } from "@preact/signals";

/** Milliseconds between steps. */
const STEP = 120;
/** So many tasks are a step, so that none holds up what a person does. What remains of a flood follows as soon as this is drawn. */
const AT_ONCE = 10;
/** The part of a flood that is taken at once when it comes faster than it can be drawn in such steps. */
const PART = 1 / 20;
/** A step of more than these is a crowd. */
const FEW = 3;

/** Tasks in their order, one step late, or a few while there is a flood. */
export class Pace {
  readonly #after: (ms: number, task: () => void) => void;
  readonly #drawn: () => Promise<void>;
  #waiting: (() => void)[] = [];
  #resting = false;
  #crowded = false;

  /** `drawn` resolves when what was done is on the screen, and keys that waited were heard. */
  constructor(after: (ms: number, task: () => void) => void, drawn: () => Promise<void>) {
    this.#after = after;
    this.#drawn = drawn;
  }

  /** Asked by a task: whether it is one of many that are taken at once, of which none can be seen to come. */
  get crowded(): boolean {
    return this.#crowded;
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
    const step = () => {
      this.#resting = false;
      if (this.#waiting.length === 0) return;
      this.#take(Math.max(AT_ONCE, Math.ceil(this.#waiting.length * PART)));
      this.#rest();
    };
    if (this.#waiting.length === 0) this.#after(STEP, step);
    else void this.#drawn().then(step);
  }

  #take(count: number): void {
    const tasks = this.#waiting.splice(0, count);
    this.#crowded = tasks.length > FEW;
    batch(() => tasks.forEach((task) => task()));
    this.#crowded = false;
  }
}
