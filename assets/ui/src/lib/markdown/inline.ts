/**
 * The words of one line: emphasis, code, links, names. One pass from left to right, in which each
 * mark is opened at most once at a time; so neither time nor depth can grow beyond the text.
 *
 * People write `2*3*4`, `snake_case`, `¯\_(ツ)_/¯` and `C:\path`: a mark counts only where a word begins
 * or ends, and only around something that can be read.
 */

import { linkHref, trimAddress, WEB } from "../linkify";
import { UNSPACED } from "../match";
import { disguised, joined, unlinked } from "./links";
import type { Budget, Inline } from "./tree";

const KINDS = { "*": "em", _: "em", "**": "strong", "~~": "strike" } as const;
type Mark = keyof typeof KINDS;

const NAME = "[\\p{L}\\p{N}._\\-]";
const TOKEN = new RegExp(
  [
    "`+|\\*+|_+|~+|!?\\[|\\]|\\\\[*_~`[\\]>#-]",
    WEB.source,
    `(?<!${NAME})[\\p{L}\\p{N}][\\p{L}\\p{N}._+-]{0,63}@[\\p{L}\\p{N}-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63})+`,
    `(?<!${NAME})@${NAME}{1,128}`,
  ].join("|"),
  "giu",
);
const DESTINATION = /\(\s*<?([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?\s*\)/y;
const BEFORE = /[\s([{"'“‘«„¿¡—–*_~|]/u;
const AFTER = /[\s.,;:!?…)\]}"'”’»—–*_~|-]/u;
const READABLE = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/** The words of a line; `budget` counts what is made. */
export function parseInline(line: string, budget: Budget): Inline[] {
  return new Scanner(line, budget).run();
}

/** A mark that waits for its end: where it stands in the text, and in what is made. */
interface Opened {
  from: number;
  node: number;
}

class Scanner {
  readonly #out: Inline[] = [];
  readonly #open = new Map<Mark | "[", Opened>();
  readonly #escaped = new Set<string>();
  #at = 0;
  /** Where the last thing stood that can be read. */
  #read = -1;

  constructor(
    readonly line: string,
    readonly budget: Budget,
  ) {}

  run(): Inline[] {
    const token = new RegExp(TOKEN);
    for (let match = token.exec(this.line); match !== null; match = token.exec(this.line)) {
      this.#text(match.index);
      this.#token(match[0]);
      token.lastIndex = this.#at;
    }
    this.#text(this.line.length);
    return joined(this.#out);
  }

  #text(to: number): void {
    const words = this.line.slice(this.#at, to);
    if (words !== "") this.#out.push(words);
    if (READABLE.test(words)) this.#read = this.#at;
    this.#at = to;
  }

  #token(token: string): void {
    const first = token.charAt(0);
    if (first === "\\") this.#escape(token);
    else if (first === "`") this.#code(token);
    else if (token === "]") this.#close();
    else if (first === "[" || first === "!") this.#openLink(token);
    else if (/^[*_~]/.test(token)) this.#run(token);
    else if (first === "@") this.#name(token);
    else this.#address(token);
  }

  /** Puts a node in place of `length` characters. */
  #add(node: Inline, length: number): void {
    this.#out.push(typeof node === "string" ? node : this.budget.take(node));
    if (typeof node !== "string") this.#read = this.#at;
    this.#at += length;
  }

  /** A backslash is one unless it stands before a mark where one could be. */
  #escape(token: string): void {
    const mark = token.charAt(1);
    if (!this.#escaped.has(mark) && !begins(this.line, this.#at)) return this.#add(token, 2);
    this.#escaped.add(mark);
    this.#add(mark, 2);
  }

  #code(ticks: string): void {
    const from = this.#at + ticks.length;
    const run = /`+/g;
    run.lastIndex = from;
    let end = run.exec(this.line);
    while (end !== null && end[0].length !== ticks.length) end = run.exec(this.line);
    const text = end === null ? "" : this.line.slice(from, end.index);
    if (end === null || text.trim() === "") return this.#add(ticks, ticks.length);
    const spaced = /^ .*\S.* $/su.test(text) && text.includes("`");
    this.#add({ kind: "code", text: spaced ? text.slice(1, -1) : text }, ticks.length * 2 + text.length);
  }

  #name(token: string): void {
    const text = this.#open.has("_") ? token.replace(/_+$/, "") : token;
    this.#add(text.length > 1 ? { kind: "mention", text } : text, text.length);
  }

  #address(token: string): void {
    const text = trimAddress(this.#open.has("[") ? (token.split("](", 1)[0] ?? "") : token);
    const href = linkHref(text.includes("://") ? text : `mailto:${text}`);
    this.#add(href === null ? text : { kind: "link", href, inside: [text] }, text.length);
  }

  #openLink(token: string): void {
    this.#open.set("[", { from: this.#at, node: this.#out.length });
    this.#add(token, token.length);
  }

  /** `[words](address)`; a picture becomes a link to it. */
  #close(): void {
    const begun = this.#open.get("[");
    this.#open.delete("[");
    DESTINATION.lastIndex = this.#at + 1;
    const address = begun === undefined ? null : DESTINATION.exec(this.line);
    const href = address === null ? null : linkHref(address[1] ?? "");
    if (begun === undefined || address === null || href === null) return this.#add("]", 1);
    const image = this.line.charAt(begun.from) === "!";
    const label = this.line.slice(begun.from + (image ? 2 : 1), this.#at);
    const inside = joined(unlinked(this.#out.slice(begun.node + 1)));
    if (label.trim() === "" && !image) return this.#add("]", 1);
    if (disguised(label, href)) return this.#add("]", 1);
    this.#wrap(begun, { kind: "link", href, inside: label.trim() === "" ? [address[1] ?? ""] : inside });
    this.#at += 1 + address[0].length;
  }

  /** A run of one mark: it ends what is open, or begins something. */
  #run(run: string): void {
    const end = this.#at + run.length;
    const opens = begins(this.line, this.#at) && /\S/.test(this.line.charAt(end));
    let rest = run;
    if (ends(this.line, this.#at, end)) {
      for (let mark = this.#innermost(rest); mark !== null; mark = this.#innermost(rest)) {
        const begun = this.#open.get(mark);
        if (begun === undefined) break;
        this.#wrap(begun, { kind: KINDS[mark], inside: joined(this.#out.slice(begun.node + 1)) });
        this.#at += mark.length;
        rest = rest.slice(mark.length);
      }
    }
    if (rest === run && opens) for (const mark of marksOf(run)) this.#openMark(mark);
    if (this.#at < end) this.#add(rest, rest.length);
  }

  #openMark(mark: Mark): void {
    this.#open.set(mark, { from: this.#at, node: this.#out.length });
    this.#add(mark, mark.length);
  }

  /** The mark that was opened last of those that this run can end. */
  #innermost(run: string): Mark | null {
    const marks = (["**", "*", "_", "~~"] as const).filter((mark) => run.startsWith(mark) && (this.#open.get(mark)?.from ?? Infinity) < this.#read);
    return marks.sort((a, b) => (this.#open.get(b)?.node ?? 0) - (this.#open.get(a)?.node ?? 0))[0] ?? null;
  }

  /** Everything since `begun` becomes one node; what was opened in it stays words. */
  #wrap(begun: Opened, node: Inline): void {
    this.#out.length = begun.node;
    this.#out.push(this.budget.take(node));
    for (const [mark, { node: at }] of this.#open) if (at >= begun.node) this.#open.delete(mark);
  }
}

function marksOf(run: string): Mark[] {
  if (run === "***") return ["**", "*"];
  return run in KINDS ? [run as Mark] : [];
}

function begins(line: string, at: number): boolean {
  const before = line.slice(Math.max(0, at - 2), at).match(/.$/su)?.[0] ?? "";
  return before === "" || BEFORE.test(before) || UNSPACED.test(before);
}

function ends(line: string, from: number, to: number): boolean {
  if (from === 0 || /\s/.test(line.charAt(from - 1))) return false;
  const after = line.slice(to, to + 2).match(/^./su)?.[0] ?? "";
  return after === "" || AFTER.test(after) || UNSPACED.test(after);
}
