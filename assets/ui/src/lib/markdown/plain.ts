/** `plainText(content)`: what a message says, without its marks. For lists, notices and voices. */

import { parse } from "./blocks";
import type { Block, Inline } from "./tree";

/** The words, line by line; code stays as it is. */
export function plainText(content: string): string {
  return parse(content).map(wordsOf).join("\n").trim();
}

function wordsOf(block: Block): string {
  switch (block.kind) {
    case "line":
    case "heading":
      return inlineText(block.inside);
    case "code":
    case "plain":
      return block.text;
    case "quote":
      return block.inside.map(wordsOf).join("\n");
    case "list":
      return block.items.map(({ value, inside }) => `${value === null ? "•" : `${value}.`} ${inside.map(wordsOf).join("\n")}`).join("\n");
    case "table":
      return [block.head, ...block.rows].map((row) => row.map(inlineText).join(" ")).join("\n");
  }
}

/** The words of a line, without their marks. */
export function inlineText(nodes: readonly Inline[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : "text" in node ? node.text : inlineText(node.inside))).join("");
}
