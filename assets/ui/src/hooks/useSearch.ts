/** The search page: what is typed, the address that says the same, and what was found. */

import { useLocation } from "preact-iso";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { at } from "../lib/base";
import { nameWords, parseQuery, queryText, searchable, tokenAt, type Filter, type Operator, type Query, type Token } from "../lib/query";
import { keyOf, type Answer } from "../state/answers";
import type { Question } from "../state/search";
import { search } from "../state/searching";
import { fold } from "../lib/match";
import { searchUrl } from "./useSearchUrl";
import { useSuggestions } from "./useSuggestions";
import type { Suggestion } from "../lib/complete";
import type { Failure } from "../lib/failure";

/** Milliseconds without a key before the address follows; browsers allow only so many changes. */
const SETTLED = 350;

/** What the field shows and can do. */
export interface SearchField extends Query {
  /** The only conversation that is searched. */
  within: string | null;
  token: Token | null;
  suggestions: readonly Suggestion[];
  /** Where the caret belongs after a change that was not typed; `null` when the browser knows. */
  caret: number | null;
  question: Question;
  type(words: string, caret: number): void;
  move(caret: number): void;
  /** Finishes the piece at the caret with a suggestion, or as it stands. */
  finish(suggestion: Suggestion | null): void;
  /** Begins a piece at the end. */
  begin(op: Operator): void;
  drop(filter: Filter): void;
  /** Looks in all conversations again. */
  widen(): void;
  clear(): void;
}

interface Typed extends Query {
  within: string | null;
  at: number;
  caret: number | null;
}

const read = (q: string, within: string | null): Typed => {
  const { filters, words } = parseQuery(q);
  return { filters, words, within, at: words.length, caret: words.length };
};

/** Whether this address was reached by back, forward or loading, and not by a link. The router knows; its types don't. */
function useCameBack(): boolean {
  return (useLocation() as { wasPush?: boolean }).wasPush !== true;
}

/** Follows the address and leads it. */
export function useSearchField(): SearchField {
  const { query, route } = useLocation();
  const back = useCameBack();
  const address = { q: query["q"] ?? "", within: query["in"] ?? null };
  const opening = useRef(true);
  const [typed, setTyped] = useState(() => {
    // A link leads here anew; only back and forward lead to what was.
    if (!back) search.followed = null;
    return read(address.q, address.within);
  });
  const { filters, words, within } = typed;
  const token = tokenAt(words, typed.at);
  const suggestions = useSuggestions(token);
  const names = filters.length === 0 && within === null;
  const sent = searchable(words, token, suggestions.map((each) => each.value));
  const question = { q: queryText({ filters, words: sent }), within, names: names ? nameWords(sent).slice(0, 80) : "" };
  useAddress(address, question, route, () => setTyped(read(address.q, address.within)));
  useLayoutEffect(() => {
    if (!opening.current) search.ask(question);
    else if (back) search.reopen(question);
    else search.open(question);
    opening.current = false;
  }, [keyOf(question)]);
  const change = (part: Partial<Typed>) => setTyped((before) => ({ ...before, ...part }));
  return {
    filters,
    words,
    within,
    token,
    suggestions,
    caret: typed.caret,
    question,
    type(text, caret) {
      const parsed = parseQuery(text, false);
      const taken = parsed.filters.length > 0;
      const at = taken ? parsed.words.length : caret;
      change({ filters: merged(filters, parsed.filters), words: parsed.words, at, caret: taken ? at : null });
    },
    move: (caret) => caret !== typed.at && change({ at: caret, caret: null }),
    finish(suggestion) {
      if (token === null) return;
      const value = suggestion?.value ?? token.value;
      if (value === "") return;
      const rest = `${words.slice(0, token.start)}${words.slice(token.end)}`.trimStart();
      change({ filters: merged(filters, [{ op: token.op, value }]), words: rest, at: rest.length, caret: rest.length });
    },
    begin(op) {
      const start = words.slice(0, token?.start ?? words.length).replace(/\S$/u, "$& ");
      change({ words: `${start}${op}:`, at: start.length + op.length + 1, caret: start.length + op.length + 1 });
    },
    drop: (filter) => change({ filters: filters.filter((each) => each !== filter), caret: typed.at }),
    widen: () => change({ within: null, caret: typed.at }),
    clear: () => change({ words: "", at: 0, caret: 0 }),
  };
}

/** Writes the address a moment after the last key, and reads it when somebody else has changed it. */
function useAddress(address: { q: string; within: string | null }, question: Question, route: (url: string, replace?: boolean) => void, onOther: () => void): void {
  const known = useRef(keyOf(address));
  const there = keyOf(address);
  const wanted = keyOf(question);
  useEffect(() => {
    if (there === known.current) return;
    known.current = there;
    onOther();
  }, [there]);
  useEffect(() => {
    if (wanted === there) return undefined;
    const timer = setTimeout(() => {
      known.current = wanted;
      route(searchUrl(question.q, question.within), true);
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [wanted]);
}

/** What the page shows for a question. */
export interface Found {
  /** The newest answer, also while the next one is looked for; `null` when it says nothing about the question. */
  answer: Answer | null;
  busy: boolean;
  loadingMore: boolean;
  failure: Failure | null;
  again(): void;
  more(): void;
}

/** The state of the search, for the page that asked. */
export function useFound(question: Question): Found {
  const failure = search.failure.value;
  const shown = question.q.trim() === "" ? null : search.answer.value;
  const stale = shown !== null && keyOf(shown.wish) !== keyOf(question);
  return {
    answer: failure !== null && stale ? null : shown,
    busy: search.busy.value,
    loadingMore: search.loadingMore.value,
    failure,
    again: () => search.open(question),
    more: () => void search.more(),
  };
}

/** Remembers where the results stand while a hit is followed, and returns there. */
export function useResultsPlace(answer: Answer | null, question: Question) {
  const box = useRef<HTMLDivElement | null>(null);
  const first = useRef(true);
  const back = useRef(useCameBack());
  const key = answer === null ? null : keyOf(answer.wish);
  useLayoutEffect(() => {
    if (box.current === null || key !== keyOf(question)) return;
    box.current.scrollTop = first.current && back.current ? (search.answers.places.get(key) ?? 0) : 0;
    if (first.current && search.followed !== null) {
      box.current.querySelector<HTMLElement>(`[data-hit="${CSS.escape(search.followed)}"]`)?.focus({ preventScroll: true });
    }
    search.followed = null;
    first.current = false;
  }, [key, keyOf(question)]);
  return {
    box,
    onScroll: () => key !== null && box.current !== null && search.answers.places.set(key, box.current.scrollTop),
    onFollow(messageId: string) {
      search.followed = messageId;
      // The address may be a moment behind; the way back leads to what one sees.
      history.replaceState(history.state, "", at(searchUrl(question.q, question.within)));
    },
  };
}

/** Whether the results will take the focus, because one comes back to them. */
export const comesBack = (): boolean => search.followed !== null;

/** The filters without doubles, in the order in which they came. */
function merged(before: readonly Filter[], more: readonly Filter[]): Filter[] {
  const all = [...before];
  for (const each of more) if (!all.some((one) => one.op === each.op && fold(one.value) === fold(each.value))) all.push(each);
  return all;
}
