/** Keys that do something wherever one is. */

import { useEffect } from "preact/hooks";
import { isShortcut, type ShortcutId } from "../lib/shortcuts";

/** Does `action` at a shortcut, while nothing floats over the page; the browser does not hear it then. */
export function useShortcut(id: ShortcutId, action: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isShortcut(event, id) || (isPlain(event) && isField(event.target))) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [id, action]);
}

const isPlain = (event: KeyboardEvent): boolean => !event.ctrlKey && !event.metaKey && !event.altKey;

/** Whether keys write something there. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
