/** What of a scrolled page is on the screen. Rows carry `data-row`, stored ones `data-seq`. Reads the document, changes nothing. */

/** The rows in their order. With each change they are looked for again, by their tag alone: it is what a browser finds fastest. */
const rowsOf = (box: Element) => box.querySelectorAll<HTMLElement>("article");

/** How many of the rows are stored; those that wait stand at the end. */
function stored(rows: NodeListOf<HTMLElement>): number {
  let count = rows.length;
  while (count > 0 && rows[count - 1]?.dataset["seq"] === undefined) count -= 1;
  return count;
}

const seqOf = (row: HTMLElement | undefined): number => Number(row?.dataset["seq"] ?? 0);

/** How far the upper edge of `element` is below that of `box`, in px. */
export function topOf(element: Element, box: Element): number {
  return element.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

/** The rows that are at least partly on the screen: from and up to which one. `null` where there are none. */
export function visibleRows(box: HTMLElement): { first: HTMLElement; shown: number } | null {
  const rows = rowsOf(box);
  const { top, bottom } = box.getBoundingClientRect();
  const at = search(rows, (row) => row.getBoundingClientRect().bottom > top);
  const first = rows[at];
  return first === undefined ? null : { first, shown: search(rows, (row) => row.getBoundingClientRect().top >= bottom) - at };
}

/**
 * How far the words of a row are below the upper edge of `box`, in px: its name may come and go when lines
 * are added before it, they stay. Where they are laid out counts, not where a motion shows them.
 */
export function wordsTop(row: Element, box: Element): number {
  const words = row.querySelector<HTMLElement>(".words");
  return topOf(row, box) + (words?.offsetTop ?? 0);
}

/** The `seq` of the last stored line whose end is above the lower edge, 0 when there is none. */
export function lastVisibleSeq(box: HTMLElement): number {
  const rows = rowsOf(box);
  const edge = box.getBoundingClientRect().bottom + 4;
  return seqOf(rows[search(rows, (row) => endOf(row).getBoundingClientRect().bottom > edge, stored(rows)) - 1]);
}

/** Where a line ends for who reads it: a folded one at its fold, which says that there is more. */
function endOf(row: HTMLElement): Element {
  return row.querySelector('.fold[aria-expanded="false"]') ?? row;
}

/** The `seq` of the newest stored line, 0 when there is none. */
export function newestSeq(box: HTMLElement): number {
  const rows = rowsOf(box);
  return seqOf(rows[stored(rows) - 1]);
}

/** The first line of somebody else after this `seq`. */
export function firstUnseen(box: HTMLElement, seq: number): Element | null {
  const rows = rowsOf(box);
  let first: Element | null = null;
  for (let at = stored(rows) - 1; at >= 0 && seqOf(rows[at]) > seq; at -= 1) {
    if (rows[at]?.classList.contains("mine") === false) first = rows[at] ?? null;
  }
  return first;
}

/** The index of the first row of which this is true; rows stand below each other, so halving finds it. */
function search(rows: NodeListOf<HTMLElement>, past: (row: HTMLElement) => boolean, end = rows.length): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && past(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}
