/** A table: a row of names, a row of dashes, rows of words. */

import type { Made } from "./blocks";
import { parseInline } from "./inline";
import { BOUNDS, type Budget, type Side } from "./tree";

/** The table that begins at this line, or `null`. */
export function tableAt(lines: readonly string[], at: number, budget: Budget): Made {
  const dashes = lines[at + 1];
  const line = lines[at] ?? "";
  if (dashes === undefined || !line.includes("|") || !/^[\s|:-]*-[\s|:-]*$/.test(dashes)) return null;
  const names = cellsOf(line);
  const sides = cellsOf(dashes).map(sideOf);
  if (names.length !== sides.length || names.length < 2 || names.length > BOUNDS.columns || sides.includes(undefined)) return null;
  const words = (cells: readonly string[]) => sides.map((_, column) => budget.take(parseInline(cells[column] ?? "", budget)));
  const rows = [];
  let end = at + 2;
  for (; end < lines.length && rows.length < BOUNDS.rows && budget.left >= 0; end += 1) {
    const row = lines[end] ?? "";
    if (!row.includes("|")) break;
    rows.push(words(cellsOf(row)));
  }
  return { block: { kind: "table", sides: sides as Side[], head: words(names), rows }, next: end };
}

function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function sideOf(dashes: string): Side | undefined {
  if (!/^:?-+:?$/.test(dashes)) return undefined;
  if (dashes.endsWith(":")) return dashes.startsWith(":") ? "center" : "end";
  return dashes.startsWith(":") ? "start" : null;
}
