/** The keeper of a scrolled page, for the component that renders its lines. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Signal } from "@preact/signals";
import type { Place } from "../state/window";
import { Keeper, type StickyEvents } from "./keeper";

/** The element to scroll, where it stands, and going elsewhere. */
export interface Sticky {
  scroller: { current: HTMLDivElement | null };
  atEnd: Signal<boolean>;
  /** The key of the row at the upper edge. */
  top: Signal<string | null>;
  toEnd(): void;
  toRow(element: Element): void;
  toPlace(place: Place): boolean;
}

/** Watches the scroller; call it in the component that renders the lines. */
export function useSticky(key: string, events: StickyEvents): Sticky {
  const scroller = useRef<HTMLDivElement | null>(null);
  const latest = useRef(events);
  latest.current = events;
  const keeper = useRef<Keeper | null>(null);
  if (keeper.current?.key !== key) keeper.current = new Keeper(key, scroller, latest);
  const mine = keeper.current;
  useLayoutEffect(() => mine.settle());
  useEffect(() => mine.watch(), [mine]);
  return { scroller, atEnd: mine.atEnd, top: mine.top, toEnd: mine.toEnd, toRow: mine.toRow, toPlace: mine.toPlace };
}
