/**
 * Keeps a scrolled page calm: stays at the end when it is at the end, keeps the line that is being
 * read where it is when lines are added above or grow, and tells what was really seen.
 */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { signal, type Signal } from "@preact/signals";

/** This close to the end, in px, counts as being at the end. */
const NEAR_END = 48;
/** This close to an edge, in px, the next page is loaded. */
const NEAR_EDGE = 600;

/** What the page does at its edges. */
export interface StickyEvents {
  onNearStart(): void;
  onNearEnd(): void;
  /** The last line that a person who is here can see whole has this `seq`. */
  onSeen(seq: number): void;
}

/** The element to scroll, whether it is at its end, and going there. */
export interface Sticky {
  scroller: { current: HTMLDivElement | null };
  atEnd: Signal<boolean>;
  toEnd(): void;
  toRow(element: HTMLElement): void;
}

/** Watches the scroller; call it in the component that renders the lines. Lines carry `data-seq`. */
export function useSticky(key: string, events: StickyEvents): Sticky {
  const scroller = useRef<HTMLDivElement | null>(null);
  const latest = useRef(events);
  latest.current = events;
  const keeper = useRef<Keeper | null>(null);
  if (keeper.current?.key !== key) keeper.current = new Keeper(key, scroller, latest);
  const mine = keeper.current;
  useLayoutEffect(() => mine.settle());
  useEffect(() => mine.watch(), [mine]);
  return { scroller, atEnd: mine.atEnd, toEnd: mine.toEnd, toRow: mine.toRow };
}

class Keeper {
  readonly atEnd = signal(true);
  readonly key: string;
  readonly #scroller: { current: HTMLDivElement | null };
  readonly #events: { current: StickyEvents };
  #anchor: { element: Element; top: number } | null = null;
  /** Nothing counts as seen before the page was put where reading goes on. */
  #placed = false;
  #seen = 0;
  /** The height that the place was last settled for. */
  #height = 0;
  #frame = 0;

  constructor(key: string, scroller: { current: HTMLDivElement | null }, events: { current: StickyEvents }) {
    this.key = key;
    this.#scroller = scroller;
    this.#events = events;
  }

  /** Puts things back where they were; runs after every change of the content. */
  settle(): void {
    const box = this.#scroller.current;
    if (box === null) return;
    const anchor = this.#anchor;
    this.#height = box.clientHeight;
    if (this.atEnd.peek()) this.#follow(box);
    else if (anchor?.element.isConnected) box.scrollTop += topOf(anchor.element, box) - anchor.top;
    this.#remember(box);
  }

  readonly toEnd = (): void => {
    const box = this.#scroller.current;
    if (box === null) return;
    this.atEnd.value = true;
    this.#placed = true;
    this.#seen = Number([...box.querySelectorAll<HTMLElement>("[data-seq]")].at(-1)?.dataset["seq"] ?? 0);
    box.scrollTop = box.scrollHeight;
    this.#remember(box);
  };

  readonly toRow = (element: HTMLElement): void => {
    const box = this.#scroller.current;
    if (box === null) return;
    this.#placed = true;
    box.scrollTop += topOf(element, box) - Math.min(160, box.clientHeight / 4);
    this.#scrolled(box);
  };

  watch(): () => void {
    const box = this.#scroller.current;
    if (box === null) return () => undefined;
    const scrolled = () => this.#scrolled(box);
    const noticed = () => this.#notice(box);
    const sizes = new ResizeObserver(() => this.settle());
    sizes.observe(box);
    if (box.firstElementChild !== null) sizes.observe(box.firstElementChild);
    box.addEventListener("scroll", scrolled, { passive: true });
    document.addEventListener("visibilitychange", noticed);
    addEventListener("focus", noticed);
    return () => {
      sizes.disconnect();
      cancelAnimationFrame(this.#frame);
      box.removeEventListener("scroll", scrolled);
      document.removeEventListener("visibilitychange", noticed);
      removeEventListener("focus", noticed);
    };
  }

  #scrolled(box: HTMLElement): void {
    // The window or the composer changed its size: nobody scrolled.
    if (box.clientHeight !== this.#height) return this.settle();
    this.atEnd.value = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
    this.#remember(box);
  }

  #remember(box: HTMLElement): void {
    const element = firstVisible(box);
    this.#anchor = element === null ? null : { element, top: topOf(element, box) };
    this.#notice(box);
  }

  #notice(box: HTMLElement): void {
    if (box.scrollTop < NEAR_EDGE) this.#events.current.onNearStart();
    if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_EDGE) this.#events.current.onNearEnd();
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#look(box));
  }

  /** Looks once per drawn frame what is on the screen of somebody who is here. */
  #look(box: HTMLElement): void {
    if (!this.#placed || document.visibilityState !== "visible" || !document.hasFocus()) return;
    const seq = lastVisibleSeq(box);
    if (seq === 0) return;
    this.#seen = Math.max(this.#seen, seq);
    this.#events.current.onSeen(seq);
  }

  /** Goes to the end, but never so far that a line which was not seen yet leaves at the top. */
  #follow(box: HTMLElement): void {
    const unseen = this.#placed ? firstUnseen(box, this.#seen) : null;
    const end = box.scrollHeight - box.clientHeight;
    const top = unseen === null ? end : Math.min(end, Math.floor(box.scrollTop + topOf(unseen, box)));
    box.scrollTop = top;
    if (end - top >= NEAR_END) this.atEnd.value = false;
  }
}

function topOf(element: Element, box: Element): number {
  return element.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

/** The first line whose end is below the upper edge. */
function firstVisible(box: HTMLElement): Element | null {
  const rows = box.querySelectorAll("[data-row]");
  const edge = box.getBoundingClientRect().top;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > edge) high = middle;
    else low = middle + 1;
  }
  return rows[low] ?? null;
}

/** The `seq` of the last stored line that is above the lower edge, 0 when there is none. */
function lastVisibleSeq(box: HTMLElement): number {
  const rows = box.querySelectorAll<HTMLElement>("[data-seq]");
  const edge = box.getBoundingClientRect().bottom + 4;
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    if (row !== undefined && row.getBoundingClientRect().bottom <= edge) return Number(row.dataset["seq"]);
  }
  return 0;
}

/** The first line of somebody else after this `seq`. */
function firstUnseen(box: HTMLElement, seq: number): Element | null {
  const rows = [...box.querySelectorAll<HTMLElement>("[data-seq]")];
  const first = rows.findLastIndex((row) => Number(row.dataset["seq"]) <= seq) + 1;
  return rows.slice(first).find((row) => !row.classList.contains("mine")) ?? null;
}
