/** Which of this browser's tabs leads: the one that holds a lock, which ends with the tab that holds it. */

/** The browser's locks, as far as they are needed. */
export interface Locks {
  /** Calls `held` when the lock is ours and keeps it until that settles; rejects when it is taken away or no longer wanted. */
  request(name: string, options: LockOptions, held: () => Promise<void>): Promise<unknown>;
}

/** What a tab hears of the election. */
export interface Candidate {
  /** This tab leads; `taken`: another tab led until now and may need a moment to notice. */
  won(taken: boolean): void;
  /** Another tab has taken the lead. */
  lost(): void;
}

/** One tab's part in it. */
export class Election {
  readonly #locks: Locks;
  readonly #name: string;
  readonly #candidate: Candidate;
  #waiting: AbortController | null = null;
  #done: (() => void) | null = null;
  #standing = false;

  constructor(locks: Locks, name: string, candidate: Candidate) {
    this.#locks = locks;
    this.#name = name;
    this.#candidate = candidate;
  }

  /** Whether this tab leads. */
  get leading(): boolean {
    return this.#done !== null;
  }

  /** Leads as soon as nobody else does. */
  stand(): void {
    this.#standing = true;
    this.#waiting = new AbortController();
    this.#ask({ signal: this.#waiting.signal }, false);
  }

  /** Leads now, whoever did before. */
  take(): void {
    if (this.leading || !this.#standing) return;
    this.#waiting?.abort();
    this.#ask({ steal: true }, true);
  }

  /** Lets go, and wants it no more. */
  leave(): void {
    this.#standing = false;
    this.#waiting?.abort();
    this.#waiting = null;
    this.#done?.();
    this.#done = null;
  }

  #ask(options: LockOptions, taken: boolean): void {
    let mine: (() => void) | null = null;
    const held = () =>
      new Promise<void>((done) => {
        if (!this.#standing) return done();
        mine = done;
        this.#done = done;
        this.#candidate.won(taken);
      });
    this.#locks.request(this.#name, options, held).catch(() => {
      // Given up while waiting is our own doing; only what was held can be taken away.
      if (mine === null || this.#done !== mine) return;
      this.#done = null;
      this.#candidate.lost();
      if (this.#standing) this.stand();
    });
  }
}
