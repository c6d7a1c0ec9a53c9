/** The lines of a page under fingers and keys: a long press, arrows from line to line, Enter for the menu. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** Milliseconds that a finger rests on a line before its menu opens. */
const LONG_PRESS = 500;
/** What has a meaning of its own under a finger. */
const OWN = "a, button, input, textarea, video, audio, dialog, [tabindex='0']:not(.thread)";

/** What the page does. */
export interface RowEvents {
  /** The menu of the row with this key is wanted. */
  onMenu(key: string): void;
  /** To the very first line, and to the newest one. */
  onFirst(): void;
  onLast(): void;
}

/** Listens on the scroller for all rows at once. */
export function useRows(scroller: { current: HTMLDivElement | null }, events: RowEvents): void {
  const latest = useRef(events);
  latest.current = events;
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    const ear = new AbortController();
    const { signal } = ear;
    box.addEventListener("keydown", (event) => onKey(event, box, latest.current), { signal });
    const stop = onLongPress(box, signal, (key) => latest.current.onMenu(key));
    return () => (stop(), ear.abort());
  }, []);
  useFocusStays(scroller);
}

function onKey(event: KeyboardEvent, box: HTMLElement, { onMenu, onFirst, onLast }: RowEvents): void {
  const { target, key } = event;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const row = target instanceof HTMLElement && target.matches("article[data-row]") ? target : null;
  if (row === null && target !== box) return;
  if (key === "ArrowUp" || key === "ArrowDown") focusRow(neighbour(row, box, key === "ArrowDown"));
  else if (key === "Home") onFirst();
  else if (key === "End") onLast();
  else if (key === "Enter" && row !== null) onMenu(row.dataset["row"] ?? "");
  else return;
  event.preventDefault();
}

/** The line after or before `row`; from the page itself the first or last one that is whole on the screen. */
function neighbour(row: HTMLElement | null, box: HTMLElement, down: boolean): HTMLElement | undefined {
  const rows = [...box.querySelectorAll<HTMLElement>("article[data-row]")];
  if (row !== null) return rows[rows.indexOf(row) + (down ? 1 : -1)];
  const { top, bottom } = box.getBoundingClientRect();
  const whole = (each: HTMLElement) => {
    const place = each.getBoundingClientRect();
    return place.top >= top && place.bottom <= bottom;
  };
  return down ? rows.find(whole) : rows.findLast(whole);
}

/** Gives a row the focus and brings it onto the screen. */
export function focusRow(row: HTMLElement | undefined): void {
  if (row === undefined) return;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

/** When the row that has the focus is let go, the page has it: the next key goes on from there. */
function useFocusStays(scroller: { current: HTMLDivElement | null }): void {
  const last = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const gone = last.current !== null && !last.current.isConnected;
    if (gone && document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  });
  useEffect(() => {
    const keep = ({ target }: FocusEvent) => {
      const inside = target instanceof Element && target !== scroller.current && scroller.current?.contains(target);
      last.current = inside ? target : null;
    };
    document.addEventListener("focusin", keep);
    return () => document.removeEventListener("focusin", keep);
  }, []);
}

function onLongPress(box: HTMLElement, signal: AbortSignal, onPress: (key: string) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  const stop = () => clearTimeout(timer);
  const start = (event: PointerEvent) => {
    stop();
    const { target } = event;
    const row = target instanceof Element && !target.closest(OWN) ? target.closest<HTMLElement>("article[data-seq]") : null;
    if (event.pointerType !== "touch" || row === null) return;
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => onPress(row.dataset["row"] ?? ""), LONG_PRESS);
  };
  box.addEventListener("pointerdown", start, { signal });
  box.addEventListener("pointermove", (event) => Math.hypot(event.clientX - from.x, event.clientY - from.y) > 8 && stop(), { signal });
  for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, stop, { signal });
  // The browser's own menu would lie over ours; on what has a meaning of its own it stays.
  const mute = (event: Event) => {
    const own = event.target instanceof Element && event.target.closest(OWN);
    if (event instanceof PointerEvent && event.pointerType === "touch" && !own) event.preventDefault();
  };
  box.addEventListener("contextmenu", mute, { signal });
  return stop;
}
