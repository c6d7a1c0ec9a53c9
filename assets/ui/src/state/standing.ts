/** What is new, as it is told outside of the page: in the window's title and icon, and on the app's badge. */

import { effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import { totalMentions, totalUnread } from "./rooms";

/** So long something has to be new before it is told, in ms. */
const STAND = 400;

/**
 * Follows a number down at once, up only to what it was all through the last moment: a line that is read as it comes is no
 * news, and telling the browser of each costs more than drawing it.
 */
export function standing(now: ReadonlySignal<number>, after: (ms: number, task: () => void) => void): ReadonlySignal<number> {
  const told = signal(now.peek());
  let least: number | null = null;
  const look = () => {
    const n = now.peek();
    if (n <= told.peek()) told.value = n;
    if (least !== null) least = Math.min(least, n);
    else if (n > told.peek()) {
      least = n;
      after(STAND, tell);
    }
  };
  const tell = () => {
    told.value = Math.max(told.peek(), least ?? 0);
    least = null;
    look();
  };
  effect(() => {
    void now.value;
    untracked(look);
  });
  return told;
}

/** Unread lines that count. */
export const standingUnread = standing(totalUnread, (ms, task) => setTimeout(task, ms));

/** Of these, those that name one. */
export const standingMentions = standing(totalMentions, (ms, task) => setTimeout(task, ms));
