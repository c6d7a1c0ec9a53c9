/**
 * What a message says, as a tree. It is made from the words themselves and drawn element by element:
 * there is never any markup in between. Types and bounds only.
 */

/** Words in a line; a string is only words. */
export type Inline =
  | string
  | { kind: "strong" | "em" | "strike"; inside: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "link"; href: string; inside: Inline[] }
  /** `@name`, whether somebody has it or not; `text` is what was written. */
  | { kind: "mention"; text: string };

/** What stands below each other. Every line that was typed is a line that is drawn. */
export type Block =
  | { kind: "line"; inside: Inline[] }
  | { kind: "heading"; level: 1 | 2 | 3; inside: Inline[] }
  | { kind: "code"; info: string; text: string }
  | { kind: "quote"; inside: Block[] }
  /** `value` is the number that was typed; `null` in a list of points. */
  | { kind: "list"; items: { value: number | null; inside: Block[] }[] }
  | { kind: "table"; sides: Side[]; head: Inline[][]; rows: Inline[][][] }
  /** All of the message as it is, when it has more structure than a page should carry. */
  | { kind: "plain"; text: string };

/** Where the words of a column stand. */
export type Side = "start" | "center" | "end" | null;

/** Above these a message is drawn as plain text, or the structure ends. */
export const BOUNDS = {
  /** Quotes and lists in each other. */
  depth: 5,
  /** Elements in one message. */
  nodes: 1_500,
  lines: 2_000,
  columns: 20,
  rows: 200,
} as const;

/** Counts what is made. */
export class Budget {
  left: number = BOUNDS.nodes;

  /** Passes a node on. */
  take<T>(node: T): T {
    this.left -= 1;
    return node;
  }
}
