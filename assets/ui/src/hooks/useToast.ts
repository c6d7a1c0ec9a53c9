/** Notices: `toast({ text, action? })` says that something was done and how to take it back. */

import { useEffect, useState } from "preact/hooks";
import { dismissToast, putAwayToast, runToast, saidToast, toasts, type Toast } from "../state/toasts";

export { dismissToast, toast, type Toast, type ToastAction, type ToastWish } from "../state/toasts";

/** How long a notice that does not stay is there, in ms; longer when something can be done about it. */
const STAY = 5_000;
const STAY_TO_ACT = 10_000;

/** The notices; they stay while `held`, when a pointer or the focus is on them. `said` is the one to say aloud. */
export function useToasts(): { shown: readonly Toast[]; said: Toast | undefined; hold(held: boolean): void } {
  const shown = toasts.value;
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (shown.length === 0) setHeld(false);
    if (held) return undefined;
    const timers = shown.filter((each) => !each.stays).map(({ id, action }) => setTimeout(() => dismissToast(id), action ? STAY_TO_ACT : STAY));
    return () => timers.forEach(clearTimeout);
  }, [shown, held]);
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return { shown, said: saidToast(), hold: setHeld };
}

/** Outside of fields and dialogs, Ctrl/Cmd+Z takes back what was done last, and Escape puts away what was said of it. */
function onKey(event: KeyboardEvent): void {
  const { target } = event;
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (target instanceof Element && target.closest("input, textarea, [contenteditable]")) return;
  const undo = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
  if (event.key === "Escape" ? putAwayToast() : undo && runToast()) event.preventDefault();
}
