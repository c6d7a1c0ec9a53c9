/**
 * Keeps a scrolled page calm: stays at the end when it is at the end, keeps the line that is being
 * read where it is when lines come and go around it or grow, and tells what was really seen.
 */

import { signal } from "@preact/signals";
import type { Place } from "../state/window";
import { Glide } from "./glide";
import { firstUnseen, lastVisibleSeq, newestSeq, topOf, visibleRows, wordsTop } from "./onScreen";

/** This close to the end, in px, counts as being at the end. */
const NEAR_END = 48;
/** This close to an edge, in px, the next page is loaded. */
const NEAR_EDGE = 1_500;

/** What the page does at its edges. */
export interface StickyEvents {
  /** Whether the end of what is here is the end of all. */
  ended(): boolean;
  onNearStart(): void;
  onNearEnd(): void;
  /** The page stands here now. */
  onPlace(place: Place): void;
  /** The last line that a person who is here can see whole has this `seq`. */
  onSeen(seq: number): void;
}

/** Keeps one page, from when it is drawn until it is left. */
export class Keeper {
  readonly atEnd = signal(true);
  /** The row at the upper edge, by its key. */
  readonly top = signal<string | null>(null);
  readonly key: string;
  readonly #scroller: { current: HTMLDivElement | null };
  readonly #events: { current: StickyEvents };
  /** The row at the upper edge, and where its words stand in the whole page, which no scrolling changes. */
  #anchor: { row: Element; y: number } | null = null;
  #glide: Glide | null = null;
  /** The scroll position as it was last known. */
  #at = 0;
  /** What could not be scrolled because positions are whole pixels. */
  #rest = 0;
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
    this.#height = box.clientHeight;
    // Who followed an end that is none would run through all that is fetched there.
    if (!this.#events.current.ended()) this.atEnd.value = false;
    if (this.atEnd.peek()) this.#follow(box);
    else this.#hold(box);
    this.#remember(box);
  }

  readonly toEnd = (): void => {
    const box = this.#scroller.current;
    if (box === null) return;
    this.atEnd.value = this.#events.current.ended();
    this.#placed = true;
    this.#seen = newestSeq(box);
    box.scrollTop = box.scrollHeight;
    this.#remember(box);
  };

  /** Puts this element into the upper part of the screen. */
  readonly toRow = (element: Element): void => {
    const box = this.#scroller.current;
    const seq = Number(element.getAttribute("data-seq") ?? 0);
    if (box !== null) this.#by(box, topOf(element, box) - Math.min(160, box.clientHeight / 4), seq);
  };

  /** Goes back to where one was; returns whether that line is here. */
  readonly toPlace = ({ seq, top }: Place): boolean => {
    const box = this.#scroller.current;
    const row = box?.querySelector(`[data-seq="${seq}"]`);
    if (!box || !row) return false;
    this.#by(box, wordsTop(row, box) - top, seq);
    return true;
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
    this.#glide = new Glide(box);
    const still = this.#glide.watch();
    return () => {
      still();
      sizes.disconnect();
      cancelAnimationFrame(this.#frame);
      box.removeEventListener("scroll", scrolled);
      document.removeEventListener("visibilitychange", noticed);
      removeEventListener("focus", noticed);
    };
  }

  /** Scrolls by so much, to the line `seq`: what is before it need not be seen. */
  #by(box: HTMLElement, delta: number, seq: number): void {
    this.#placed = true;
    this.#seen = Math.max(this.#seen, seq - 1);
    box.scrollTop += delta;
    this.#moved(box);
  }

  #scrolled(box: HTMLElement): void {
    // The window or the composer changed its size: nobody scrolled.
    if (box.clientHeight !== this.#height) return this.settle();
    // What grew since the last frame is not told yet.
    if (!this.atEnd.peek()) this.#hold(box);
    this.#moved(box);
  }

  #moved(box: HTMLElement): void {
    this.atEnd.value = toEndOf(box) < NEAR_END && this.#events.current.ended();
    this.#remember(box);
  }

  /** Moves the page by as much as the line that is being read was moved. */
  #hold(box: HTMLElement): void {
    const anchor = this.#anchor;
    if (anchor === null || !anchor.row.isConnected) return;
    // When the page got shorter below, the browser has moved it already.
    const pulled = box.scrollTop < this.#at && toEndOf(box) < 1 ? this.#at - box.scrollTop : 0;
    const delta = yOf(anchor.row, box) - anchor.y + pulled + this.#rest;
    if (Math.abs(delta) < 0.01) return;
    const wanted = box.scrollTop + delta;
    if (this.#glide === null) box.scrollTop = wanted;
    else this.#glide.move(delta);
    const rest = wanted - box.scrollTop;
    this.#rest = Math.abs(rest) < 1 ? rest : 0;
  }

  #remember(box: HTMLElement): void {
    const rows = visibleRows(box);
    this.#at = box.scrollTop;
    this.#anchor = rows && { row: rows.first, y: yOf(rows.first, box) };
    this.top.value = rows?.first.dataset["row"] ?? null;
    const seq = Number(rows?.first.dataset["seq"] ?? 0);
    if (this.#placed && rows && seq > 0) {
      this.#events.current.onPlace({ seq, top: wordsTop(rows.first, box), shown: rows.shown, atEnd: this.atEnd.peek() });
    }
    this.#notice(box);
  }

  #notice(box: HTMLElement): void {
    if (box.scrollTop + (this.#glide?.shift ?? 0) < NEAR_EDGE) this.#events.current.onNearStart();
    if (toEndOf(box) < NEAR_EDGE) this.#events.current.onNearEnd();
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

/** How much of the page is below the lower edge, in px. */
function toEndOf(box: HTMLElement): number {
  return box.scrollHeight - box.scrollTop - box.clientHeight;
}

/** Where the words of a row stand in the whole page. */
function yOf(row: Element, box: HTMLElement): number {
  return wordsTop(row, box) + box.scrollTop;
}
