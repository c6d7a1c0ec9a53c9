/** Work that comes often is done at once, and then together with what came meanwhile. */

/** Does something as soon as it is asked for, and not again within a time; what is asked for then is done when it is over. */
export class Gather {
  readonly #work: () => boolean;
  readonly #ms: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = -Infinity;

  /** `ms` is the least time between two times; those at which there was nothing to do (`false`) don't count. */
  constructor(work: () => boolean, ms: number) {
    this.#work = work;
    this.#ms = ms;
  }

  /** There is something to do. What is asked for in one go is done together. */
  ask(): void {
    this.#timer ??= setTimeout(() => this.flush(), Math.max(0, this.#last + this.#ms - performance.now()));
  }

  /** Does it now, if there is something to do. */
  flush(): void {
    if (this.#timer === undefined) return;
    this.drop();
    const now = performance.now();
    if (this.#work()) this.#last = now;
  }

  /** Forgets what was to do. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
