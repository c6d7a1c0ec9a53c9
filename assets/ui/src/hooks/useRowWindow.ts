/** Draws only the part of the list that is near the window; all rows are of one height, so their places are known. */

import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isCalm, motionIn } from "../lib/motion";
import { t } from "../lib/text";
import type { Conversation } from "../lib/wire";
import type { Section } from "./useSections";

/** A heading or a conversation, and where it stands. */
export type Item = { key: string; top: number } & ({ room: Conversation } | { room: null; words: string });

/** Rows that are drawn above and below what can be seen. */
const SPARE = 8;

/** What the list needs of the window. */
export interface RowWindow {
  scroller: { current: HTMLDivElement | null };
  items: readonly Item[];
  /** Those to draw. */
  near: readonly Item[];
  /** Height of all, in px. */
  height: number;
  onScroll(): void;
  /** Brings a row into view. */
  reveal(key: string): void;
}

/** `always` is the key of a row that is drawn wherever it is: the one with the focus. */
export function useRowWindow(sections: readonly Section[], always: string | null): RowWindow {
  const scroller = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ row: 58, head: 33, seen: 900 });
  const [at, setAt] = useState(0);
  const { items, height } = layOut(sections, size);
  const near = items.filter((item) => item.key === always || (item.top > at - SPARE * size.row && item.top < at + size.seen + SPARE * size.row));
  useLayoutEffect(() => {
    const box = scroller.current;
    const probes = box?.querySelectorAll<HTMLElement>(".row-probe");
    if (!box || !probes) return undefined;
    const measure = () => {
      const [row, head] = [...probes].map((probe) => probe.offsetHeight);
      if (row && head) setSize({ row, head, seen: box.clientHeight });
    };
    const watch = new ResizeObserver(measure);
    for (const each of [box, ...probes]) watch.observe(each);
    measure();
    return () => watch.disconnect();
  }, []);
  useMotion(scroller, items, size.row);
  return {
    scroller,
    items,
    near,
    height,
    // A new part is drawn after a few rows, not with every pixel.
    onScroll: useCallback(() => setAt(Math.floor((scroller.current?.scrollTop ?? 0) / (4 * size.row)) * 4 * size.row), [size.row]),
    reveal(key) {
      const box = scroller.current;
      const item = items.find((each) => each.key === key);
      if (!box || !item) return;
      if (item.top < box.scrollTop + size.head) box.scrollTop = item.top - size.head;
      else if (item.top + size.row > box.scrollTop + box.clientHeight) box.scrollTop = item.top + size.row - box.clientHeight;
    },
  };
}

function layOut(sections: readonly Section[], size: { row: number; head: number }): { items: Item[]; height: number } {
  const items: Item[] = [];
  let top = 0;
  // One section that says nothing needs no heading.
  const headed = sections.length > 1 || sections.some((section) => section.id !== "earlier" && section.id !== "archived");
  for (const section of sections) {
    if (headed) {
      items.push({ key: section.id, top, room: null, words: t(`list.section.${section.id}`) });
      top += size.head;
    }
    for (const room of section.rooms) {
      items.push({ key: room.id, top, room });
      top += size.row;
    }
  }
  return { items, height: top };
}

/** Rows that stand elsewhere now go there; what one looks at further down stays where it is. */
function useMotion(scroller: { current: HTMLDivElement | null }, items: readonly Item[], row: number): void {
  const before = useRef<{ tops: Map<string, number>; row: number }>({ tops: new Map(), row });
  useLayoutEffect(() => {
    const box = scroller.current;
    const last = before.current;
    before.current = { tops: new Map(items.map((item) => [item.key, item.top])), row };
    if (!box || last.row !== row) return;
    const old = box.scrollTop;
    const seen = items.find((item) => item.room !== null && (last.tops.get(item.key) ?? -1) >= old && Math.abs(item.top - (last.tops.get(item.key) ?? 0)) < 2 * row);
    const shift = old > 0 && seen ? seen.top - (last.tops.get(seen.key) ?? seen.top) : 0;
    if (shift !== 0) box.scrollTop = old + shift;
    if (isCalm()) return;
    for (const place of box.querySelectorAll<HTMLElement>("[data-key]")) {
      const key = place.dataset["key"] ?? "";
      const from = last.tops.get(key);
      const by = from === undefined ? 0 : from + shift - (before.current.tops.get(key) ?? from);
      if (by !== 0) place.animate([{ transform: `translateY(${Math.sign(by) * Math.min(Math.abs(by), box.clientHeight)}px)` }, { transform: "none" }], motionIn(box));
    }
  });
}
