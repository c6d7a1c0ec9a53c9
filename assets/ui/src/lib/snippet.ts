/** The piece of a message that shows why it was found. Pure. */

/** A run of text, marked or not. */
export interface Run {
  text: string;
  marked: boolean;
}

/** Characters before the first mark, in all, and of a text that is shown from its beginning anyway. */
const BEFORE = 90;
const MOST = 320;
const SHORT = 140;

/** The runs of a piece of `content` around its first mark; marks that make no sense are left out. */
export function snippetOf(content: string, highlights: readonly (readonly [number, number])[]): Run[] {
  const marks = soundMarks(content, highlights);
  const from = startOf(content, marks[0]?.[0] ?? 0);
  const to = endOf(content, Math.min(content.length, from + MOST), Math.min(marks[0]?.[1] ?? 0, from + MOST * 2));
  const runs: Run[] = [];
  const add = (text: string, marked: boolean) => {
    // The fences of code say nothing here.
    const words = marked ? text : text.replace(/```[\w+#-]*/gu, "");
    if (words !== "") runs.push({ text: words.replace(/\s+/gu, " "), marked });
  };
  if (from > 0) add("… ", false);
  let at = from;
  for (const [start, end] of marks) {
    if (start >= to) break;
    add(content.slice(at, start), false);
    add(content.slice(start, Math.min(end, to)), true);
    at = Math.min(end, to);
  }
  add(content.slice(at, to), false);
  if (to < content.length) add(" …", false);
  return runs;
}

function soundMarks(content: string, highlights: readonly (readonly [number, number])[]): [number, number][] {
  const marks: [number, number][] = [];
  for (const [start, end] of highlights) {
    const before = marks.at(-1);
    if (start < (before?.[1] ?? 0) || end <= start || end > content.length) continue;
    // Neighbours are one mark, so that a phrase looks like one.
    if (before !== undefined && content.slice(before[1], start).trim() === "") before[1] = end;
    else marks.push([start, end]);
  }
  return marks;
}

/** Where to begin so that the mark is seen: at a word, or at least between two characters. */
function startOf(content: string, mark: number): number {
  if (mark <= BEFORE || content.length <= SHORT) return 0;
  const near = content.slice(mark - BEFORE, mark);
  const space = near.search(/\s\S/u);
  return whole(content, mark - BEFORE + (space < 0 || space > BEFORE / 2 ? 0 : space + 1));
}

function endOf(content: string, wish: number, least: number): number {
  if (wish >= content.length) return content.length;
  const space = content.slice(0, wish).search(/\s\S*$/u);
  return whole(content, Math.max(least, wish - space > 40 ? wish : space));
}

/** Never between the two halves of a character, nor before what belongs to the one before. */
function whole(content: string, at: number): number {
  let place = at;
  while (place > 0 && place < content.length && /^[\p{M}\u200d\ufe0f\u{1f3fb}-\u{1f3ff}]|^[\udc00-\udfff]/u.test(content.slice(place))) place -= 1;
  return place;
}
