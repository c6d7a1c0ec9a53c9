/** The ways to ask for the menu of a thing: the second mouse button, Shift+F10, a finger that rests. */

import { useMemo, useRef } from "preact/hooks";
import type { Anchor } from "./useFloat";

const LONG_PRESS = 500;
/** A finger that moves further, in px, is on its way. */
const SLACK = 8;

/** Attributes for the thing; `onMenu` is told where to open. */
export function useMenuKeys(onMenu: (anchor: Anchor) => void) {
  const open = useRef(onMenu);
  open.current = onMenu;
  return useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    let pressed = false;
    const stop = () => clearTimeout(timer);
    const show = (x: number, y: number) => {
      stop();
      pressed = true;
      open.current({ x, y });
    };
    return {
      onContextMenu(event: MouseEvent) {
        event.preventDefault();
        const place = event.currentTarget as Element;
        const finger = event instanceof PointerEvent && event.pointerType === "touch";
        if (event.button === 2 || finger) return void (pressed || show(event.clientX, event.clientY));
        // A key has no place of its own.
        open.current(place);
      },
      onPointerDown(event: PointerEvent) {
        pressed = false;
        if (event.pointerType !== "touch") return;
        from = { x: event.clientX, y: event.clientY };
        timer = setTimeout(() => show(from.x, from.y), LONG_PRESS);
      },
      onPointerMove(event: PointerEvent) {
        if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLACK) stop();
      },
      onPointerUp: stop,
      onPointerCancel: stop,
      // The finger that opened the menu does not also follow the link.
      onClickCapture(event: MouseEvent) {
        if (!pressed) return;
        pressed = false;
        event.preventDefault();
        event.stopPropagation();
      },
    };
  }, []);
}
