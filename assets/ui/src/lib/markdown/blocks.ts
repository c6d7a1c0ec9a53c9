/**
 * A message as blocks: what people write in chats, line by line. What is not certainly a quote, a list, a
 * heading, a table or code stays the line that was typed. Every line is looked at once per level, and
 * levels end at {@link BOUNDS}.
 */

import { parseInline } from "./inline";
import { tableAt } from "./table";
import { BOUNDS, Budget, type Block } from "./tree";

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$/;
const QUOTE = /^ {0,3}>(?: |$|(?=>))/;
const ITEM = /^( {0,12})(?:[-*]|(\d{1,3})[.)]) {1,4}(\S.*)$/;
const HEADING = /^(#{1,3}) +(\S.*)$/;
const BLANK = /^\s*$/;

/** The blocks of a message. */
export function parse(source: string): Block[] {
  const lines = source.split(/\r\n?|\n/);
  if (lines.length > BOUNDS.lines) return [{ kind: "plain", text: source }];
  const budget = new Budget();
  const blocks = parseLines(lines, 0, budget);
  return budget.left < 0 ? [{ kind: "plain", text: source }] : blocks;
}

/** What was made, and the line after it. */
export type Made = { block: Block; next: number } | null;

function parseLines(lines: readonly string[], depth: number, budget: Budget): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length && budget.left >= 0) {
    const made = structureAt(lines, at, depth, budget);
    if (made === null) {
      blocks.push(lineBlock(lines[at] ?? "", budget));
      at += 1;
    } else {
      trimBlank(blocks);
      blocks.push(budget.take(made.block));
      at = made.next;
      // A block has room around it already.
      while (at < lines.length && BLANK.test(lines[at] ?? "")) at += 1;
    }
  }
  return blocks;
}

function structureAt(lines: readonly string[], at: number, depth: number, budget: Budget): Made {
  const line = lines[at] ?? "";
  const code = codeAt(lines, at);
  if (code !== null) return code;
  if (depth < BOUNDS.depth) {
    if (quoted(line)) return quoteAt(lines, at, depth, budget);
    if (ITEM.test(line)) return listAt(lines, at, depth, budget);
  }
  return tableAt(lines, at, budget);
}

function lineBlock(line: string, budget: Budget): Block {
  const heading = HEADING.exec(line);
  if (heading === null) return { kind: "line", inside: parseInline(line, budget) };
  const level = (heading[1] ?? "").length as 1 | 2 | 3;
  return budget.take({ kind: "heading", level, inside: parseInline(heading[2] ?? "", budget) });
}

/** From a fence to the one that ends it, or to the end of the message while it is not there. */
function codeAt(lines: readonly string[], at: number): Made {
  const fence = FENCE.exec(lines[at] ?? "");
  const mark = fence?.[1] ?? "";
  if (fence === null) return null;
  let end = at + 1;
  while (end < lines.length && !closes(lines[end] ?? "", mark)) end += 1;
  const inside = lines.slice(at + 1, end);
  if (inside.every((line) => BLANK.test(line))) return null;
  const text = inside.map((line) => unindented(line, fence[0].search(/[`~]/))).join("\n");
  return { block: { kind: "code", info: (fence[2] ?? "").trim(), text }, next: end + 1 };
}

/** Whether a line ends the code that began with `fence`. */
export function closes(line: string, fence: string): boolean {
  const end = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1] ?? "";
  return end.startsWith(fence);
}

/** The fence that begins code in this line, or `null`. */
export function opens(line: string): string | null {
  return FENCE.exec(line)?.[1] ?? null;
}

/** `> ` or `>` alone, also several; `>_<` and `>:(` are faces. */
function quoted(line: string): boolean {
  return QUOTE.test(line) && /^[> ]*(?: |>$)/.test(line);
}

function quoteAt(lines: readonly string[], at: number, depth: number, budget: Budget): Made {
  let end = at;
  while (end < lines.length && quoted(lines[end] ?? "")) end += 1;
  const inside = lines.slice(at, end).map((line) => line.replace(QUOTE, ""));
  return { block: { kind: "quote", inside: parseLines(inside, depth + 1, budget) }, next: end };
}

interface Item {
  value: number | null;
  lines: string[];
}

/** Items of one kind at one depth; what stands further in belongs to the item above it. */
function listAt(lines: readonly string[], from: number, depth: number, budget: Budget): Made {
  const first = ITEM.exec(lines[from] ?? "");
  const indent = (first?.[1] ?? "").length;
  const ordered = first?.[2] !== undefined;
  const items: Item[] = [];
  let at = from;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const item = ITEM.exec(line);
    const own = item !== null && (item[1] ?? "").length < indent + 2;
    if (own && (item[2] !== undefined) === ordered && (item[1] ?? "").length >= indent) {
      items.push({ value: ordered ? Number(item[2]) : null, lines: [item[3] ?? ""] });
    } else if (!own && further(line, indent)) {
      items.at(-1)?.lines.push(unindented(line, indent + (ordered && item === null ? 3 : 2)));
    } else {
      const next = BLANK.test(line) ? afterBlank(lines, at) : -1;
      if (next < 0 || !goesOn(lines[next] ?? "", indent, ordered)) break;
      at = next - 1;
    }
    at += 1;
  }
  const inside = items.map(({ value, lines: own }) => ({ value, inside: parseLines(own, depth + 1, budget) }));
  items.forEach(() => budget.take(null));
  return { block: { kind: "list", items: inside }, next: at };
}

function further(line: string, indent: number): boolean {
  return !BLANK.test(line) && indentOf(line) >= indent + 2;
}

function unindented(line: string, width: number): string {
  return spread(line).slice(Math.min(indentOf(line), width));
}

const spread = (line: string) => line.replace(/^[ \t]+/, (space) => space.replaceAll("\t", "    "));
const indentOf = (line: string) => spread(line).search(/[^ ]|$/);

function goesOn(line: string, indent: number, ordered: boolean): boolean {
  const item = ITEM.exec(line);
  if (item !== null && (item[1] ?? "").length < indent + 2) return (item[2] !== undefined) === ordered && (item[1] ?? "").length >= indent;
  return further(line, indent);
}

function afterBlank(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && BLANK.test(lines[at] ?? "")) at += 1;
  return at < lines.length ? at : -1;
}

function trimBlank(blocks: Block[]): void {
  for (let last = blocks.at(-1); last?.kind === "line" && last.inside.join("").trim() === ""; last = blocks.at(-1)) blocks.pop();
}
