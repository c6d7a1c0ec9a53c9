/** Questions that one tab asks through another: which answers are awaited, and how failures travel. */

import { Failure, toFailure } from "../lib/failure";
import type { WireError } from "../lib/wire";
import type { After } from "./seat";

/** Longer than the tab that leads waits for the server. */
const PATIENCE = 20_000;

interface Asked {
  resolve(answer: unknown): void;
  reject(failure: Failure): void;
  cancel(): void;
}

/** The questions that are under way. */
export class Asks {
  readonly #asked = new Map<number, Asked>();
  readonly #after: After;
  #last = 0;

  constructor(after: After) {
    this.#after = after;
  }

  /** Posts a question under a number of its own; resolves with what {@link answer} is told. */
  ask<T>(post: (n: number) => void): Promise<T> {
    this.#last += 1;
    const n = this.#last;
    return new Promise<unknown>((resolve, reject) => {
      const cancel = this.#after(PATIENCE, () => this.answer(n, undefined, wired(new Failure({ code: "no_answer", message: "no confirmation" }))));
      this.#asked.set(n, { resolve, reject, cancel });
      post(n);
    }) as Promise<T>;
  }

  /** The answer to a question has come; `failure` when it was refused. */
  answer(n: number, answer: unknown, failure: unknown): void {
    const asked = this.#asked.get(n);
    if (asked === undefined) return;
    this.#asked.delete(n);
    asked.cancel();
    if (failure === null) asked.resolve(answer);
    else asked.reject(new Failure(failure as WireError));
  }

  /** Nobody is there any more to answer. */
  abandon(): void {
    const offline = wired(new Failure({ code: "offline", message: "not connected" }));
    for (const n of [...this.#asked.keys()]) this.answer(n, undefined, offline);
  }
}

/** A failure as it can be posted to another tab. */
export function wired(error: unknown): WireError {
  const { code, message, field, limit, retryAfter } = toFailure(error);
  return {
    code,
    message,
    ...(field === undefined ? {} : { field }),
    ...(limit === undefined ? {} : { limit }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
