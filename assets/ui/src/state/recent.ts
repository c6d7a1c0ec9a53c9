/** The newest lines that came live: these may move when they appear, lines from history never do. */

const MAX = 50;

/** A few sequence numbers; the oldest are forgotten. */
export class Recent {
  readonly #seqs = new Set<number>();

  add(seq: number): void {
    this.#seqs.add(seq);
    for (const old of this.#seqs) {
      if (this.#seqs.size <= MAX) break;
      this.#seqs.delete(old);
    }
  }

  has(seq: number): boolean {
    return this.#seqs.has(seq);
  }

  clear(): void {
    this.#seqs.clear();
  }
}
