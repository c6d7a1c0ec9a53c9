/** What somebody types into the search field: which pieces narrow the search, and which one is being typed. Pure. */

/** What can stand before a colon. */
export const OPERATORS = ["from", "in", "has", "before", "after", "on"] as const;

/** One of them. */
export type Operator = (typeof OPERATORS)[number];

/** What `has:` knows. */
export const KINDS = ["file", "image", "link", "voice", "video", "audio"] as const;

/** A piece that narrows the search, without its quotation marks. */
export interface Filter {
  op: Operator;
  value: string;
}

/** A search in two parts; both together mean what was typed. */
export interface Query {
  filters: readonly Filter[];
  words: string;
}

/** The piece with an operator in which the caret stands, `[start, end)` in the text. */
export interface Token extends Filter {
  start: number;
  end: number;
}

interface Piece extends Token {
  /** Something after it says that no more of it will come. */
  closed: boolean;
}

const QUOTE = /["“”„‟«»＂״]/u;
const OPERATOR = new RegExp(`^(${OPERATORS.join("|")})[:：](?![:：])`, "iu");
const DATE = /^(\d{4}(-\d{1,2}){0,2}|today|yesterday)$/iu;

/** Takes the finished pieces out of the words; `all` also takes one at the very end. */
export function parseQuery(text: string, all = true): Query {
  const filters: Filter[] = [];
  let words = "";
  let at = 0;
  for (const piece of piecesOf(text)) {
    if (piece.value === "" || !(piece.closed || all)) continue;
    filters.push({ op: piece.op, value: piece.value });
    words += text.slice(at, piece.start);
    at = piece.end;
    if (/\s/u.test(text.charAt(at)) && (words === "" || /\s$/u.test(words))) at += 1;
  }
  words += text.slice(at);
  return { filters, words: filters.length > 0 ? words.trimStart() : words };
}

/** The search as one text, filters first. */
export function queryText({ filters, words }: Query): string {
  const narrowed = filters.map(filterText).join(" ");
  return words.trim() === "" ? narrowed : narrowed === "" ? words : `${narrowed} ${words}`;
}

/** A filter as one types it. */
export function filterText({ op, value }: Filter): string {
  const bare = value.replace(new RegExp(QUOTE, "gu"), "");
  return /\s/u.test(bare) ? `${op}:"${bare}"` : `${op}:${bare}`;
}

/** The unfinished piece at the caret. */
export function tokenAt(text: string, caret: number): Token | null {
  const piece = piecesOf(text).find((each) => !each.closed && each.start < caret && caret <= each.end);
  return piece ? { op: piece.op, value: piece.value, start: piece.start, end: piece.end } : null;
}

/** The words without a piece that doesn't mean anything yet; `known` are values that would. */
export function searchable(words: string, token: Token | null, known: readonly string[]): string {
  if (token === null) return words;
  const value = token.value.toLowerCase();
  const dated = token.op === "before" || token.op === "after" || token.op === "on";
  if (dated ? DATE.test(value) : known.some((each) => each.toLowerCase() === value)) return words;
  return words.slice(0, token.start) + words.slice(token.end);
}

/** The words alone, as one looks for a name: without phrases' marks and exclusions. */
export function nameWords(words: string): string {
  return words
    .split(/\s+/u)
    .filter((word) => !/^[-－−]./u.test(word))
    .join(" ")
    .replace(new RegExp(QUOTE, "gu"), "")
    .replace(/[*＊]/gu, "")
    .trim();
}

/** The pieces with an operator, as the server reads them; what is excluded or quoted is none. */
function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/u.exec(rest);
    const operator = OPERATOR.exec(rest);
    if (space) at += space[0].length;
    else if (operator) {
      const piece = pieceAt(text, at, operator);
      pieces.push(piece);
      at = piece.end;
    } else at += wordLength(rest);
  }
  return pieces;
}

function pieceAt(text: string, start: number, operator: RegExpExecArray): Piece {
  const op = (operator[1] ?? "").toLowerCase() as Operator;
  const from = start + operator[0].length;
  const gap = /^\s*/u.exec(text.slice(from))?.[0].length ?? 0;
  const rest = text.slice(from + gap);
  if (rest === "") return { op, value: "", start, end: text.length, closed: false };
  if (QUOTE.test(rest.charAt(0))) {
    const close = rest.slice(1).search(QUOTE);
    const value = close < 0 ? rest.slice(1) : rest.slice(1, close + 1);
    const end = close < 0 ? text.length : from + gap + close + 2;
    return { op, value: value.trim(), start, end, closed: close >= 0 };
  }
  const value = /^\S+/u.exec(rest)?.[0] ?? "";
  const end = from + gap + value.length;
  return { op, value, start, end, closed: end < text.length };
}

/** How long the word or phrase is that a text begins with. */
function wordLength(rest: string): number {
  const minus = /^[-－−](?=\S)/u.exec(rest)?.[0].length ?? 0;
  if (!QUOTE.test(rest.charAt(minus))) return /^\S+/u.exec(rest)?.[0].length ?? 1;
  const close = rest.slice(minus + 1).search(QUOTE);
  return close < 0 ? rest.length : minus + close + 2;
}
