/** A page of lines of one height that is laid out without a browser: as much of the document as the keeper reads. */

import { effect } from "@preact/signals";
import { Keeper } from "../src/hooks/keeper";
import { Thread } from "../src/state/thread";
import { History, settle } from "./support";

const LINE = 28;

/** One line; it stands where it is among the others. */
class Line {
  readonly dataset: { row: string; seq: string };
  readonly classList = { contains: () => false };
  readonly #paper: Paper;

  constructor(paper: Paper, readonly seq: number) {
    this.#paper = paper;
    this.dataset = { row: `m${seq}`, seq: String(seq) };
  }

  get isConnected(): boolean {
    return this.#paper.lines.includes(this);
  }

  getAttribute(): string {
    return this.dataset.seq;
  }

  getBoundingClientRect(): { top: number; bottom: number } {
    const top = this.#paper.lines.indexOf(this) * LINE - this.#paper.scrollTop;
    return { top, bottom: top + LINE };
  }

  querySelector(): null {
    return null;
  }
}

/** What is scrolled. */
class Paper {
  readonly clientHeight = 616;
  lines: readonly Line[] = [];
  #top = 0;

  get scrollHeight(): number {
    return Math.max(this.clientHeight, this.lines.length * LINE);
  }

  get scrollTop(): number {
    return this.#top;
  }

  set scrollTop(top: number) {
    this.#top = Math.max(0, Math.min(top, this.scrollHeight - this.clientHeight));
  }

  /** These lines are there now; those that stay are the same as before. */
  lay(seqs: readonly number[]): void {
    const before = new Map(this.lines.map((line) => [line.seq, line]));
    this.lines = seqs.map((seq) => before.get(seq) ?? new Line(this, seq));
    this.scrollTop = this.#top;
  }

  getBoundingClientRect(): { top: number; bottom: number } {
    return { top: 0, bottom: this.clientHeight };
  }

  querySelectorAll(): readonly Line[] {
    return this.lines;
  }

  querySelector(selector: string): Line | null {
    return this.lines.find((line) => selector === `[data-seq="${line.seq}"]`) ?? null;
  }
}

/** A conversation of `size` lines that is read at its end, tied together as the components do it. */
export async function openPage(size: number) {
  const history = new History(size);
  const thread = new Thread(history.fetch);
  const paper = new Paper();
  const keeper = new Keeper("c", { current: paper as unknown as HTMLDivElement }, {
    current: {
      ended: () => thread.ended,
      onNearStart: () => void thread.loadOlder(),
      onNearEnd: () => void thread.loadNewer(),
      onPlace: (place) => (thread.place = place),
      onSeen: () => undefined,
    },
  });
  await thread.open(size, size);
  let led = thread.marked.peek();
  effect(() => {
    paper.lay(thread.messages.value.map((each) => each.seq));
    keeper.settle();
    const marked = thread.marked.value;
    if (marked !== null && marked !== led) keeper.toRow(paper.querySelector(`[data-seq="${marked.seq}"]`) as unknown as Element);
    led = marked;
  });
  const toEnd = async () => {
    await thread.toNewest();
    keeper.toEnd();
    await rest();
  };
  /** Resolves to the first line on the screen, once nothing is fetched any more. */
  const rest = async () => {
    for (let asked = -1; asked < history.asked.length; await settle()) asked = history.asked.length;
    return Number(paper.lines[Math.round(paper.scrollTop / LINE)]?.seq);
  };
  keeper.toEnd();
  await rest();
  return { history, thread, keeper, toEnd, rest };
}
