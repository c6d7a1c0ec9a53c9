/** Things that float beside what they belong to: where they stand, and what puts them away. */

import { useLayoutEffect } from "preact/hooks";

/** What it stands by: an element, or a place in the window. */
export type Anchor = Element | { x: number; y: number };

const EDGE = 8;
const GAP = 4;

/** Below the anchor, or above where there is more room, flush with its `edge`; never out of the window. */
export function place(box: HTMLElement, anchor: Anchor, edge: "start" | "end" = "end"): void {
  const at = anchor instanceof Element ? anchor.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y);
  const { offsetWidth: width, offsetHeight: height } = box;
  const room = { width: document.documentElement.clientWidth, height: window.innerHeight };
  const rtl = document.documentElement.dir === "rtl";
  // From a point it opens forwards.
  const forwards = edge === "start" || at.width === 0;
  const left = forwards !== rtl ? at.left : at.right - width;
  const below = at.bottom + GAP + height + EDGE <= room.height || at.top < room.height - at.bottom;
  const top = below ? at.bottom + GAP : at.top - GAP - height;
  box.style.left = `${Math.max(EDGE, Math.min(left, room.width - width - EDGE))}px`;
  box.style.top = `${Math.max(EDGE, Math.min(top, room.height - height - EDGE))}px`;
}

/** Shows a `popover` beside its anchor, puts the focus into it, and gives it back when it goes. */
export function useFloat(box: { current: HTMLElement | null }, anchor: Anchor | null, onClose: () => void): void {
  useLayoutEffect(() => {
    const it = box.current;
    if (it === null) return undefined;
    const before = document.activeElement;
    const by = anchor ?? it.parentElement ?? it;
    it.showPopover();
    place(it, by);
    (it.querySelector<HTMLElement>("[aria-checked=true]") ?? it.querySelector("button"))?.focus({ preventScroll: true });
    return () => before instanceof HTMLElement && it.contains(document.activeElement) && before.focus({ preventScroll: true });
  }, []);
  // Before it is seen: what puts it away counts from then on.
  useLayoutEffect(() => {
    const outside = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target)) return;
      event.stopPropagation();
      onClose();
      // The press that puts it away does nothing else.
      const swallow = (click: Event) => (click.preventDefault(), click.stopPropagation());
      addEventListener("click", swallow, { capture: true, once: true });
      addEventListener("pointerup", () => setTimeout(() => removeEventListener("click", swallow, { capture: true })), { once: true });
    };
    // Whoever turns the wheel reads on; what scrolls by itself, as a page with a new line does, takes the box along.
    const wheel = (event: Event) => event.target instanceof Node && !box.current?.contains(event.target) && onClose();
    const scroll = (event: Event) => {
      const it = box.current;
      const by = anchor ?? it?.parentElement ?? null;
      if (!(by instanceof Element) || !(event.target instanceof Node) || !event.target.contains(by) || it === null) return;
      if (isSeen(by)) place(it, by);
      else onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("wheel", wheel, { capture: true, passive: true });
    document.addEventListener("scroll", scroll, { capture: true, passive: true });
    addEventListener("resize", onClose);
    addEventListener("blur", onClose);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("wheel", wheel, true);
      document.removeEventListener("scroll", scroll, true);
      removeEventListener("resize", onClose);
      removeEventListener("blur", onClose);
    };
  }, [onClose]);
}

/** Whether any of it is in the window. */
function isSeen(it: Element): boolean {
  const { top, bottom } = it.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
