/** Which long messages are open. */

import { signal } from "@preact/signals";

/** Lines above which a message is folded, as wide as a page. */
const LONG = 36;
const WIDTH = 80;

/** The keys of the lines that one has unfolded. */
export const unfolded = signal<ReadonlySet<string>>(new Set());

/** Opens a line, or folds it again. */
export function unfold(id: string, open: boolean): void {
  const next = new Set(unfolded.peek());
  if (open) next.add(id);
  else next.delete(id);
  unfolded.value = next;
}

/** Whether a text is long; told by its words alone, so that nothing moves when it is drawn. */
export function isLong(text: string): boolean {
  return text.length > LONG * WIDTH || text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / WIDTH)), 0) > LONG;
}
