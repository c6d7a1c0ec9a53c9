/** Short notices about what was just done, with a way to take it back. */

import { signal } from "@preact/signals";

/** What can be done about it, for as long as the notice is there. */
export interface ToastAction {
  label: string;
  run(): void;
}

/** A notice. A `fault` is said at once; everything else waits its turn. */
export interface ToastWish {
  text: string;
  action?: ToastAction;
  kind?: "plain" | "fault";
  /** It is there until it is put away. */
  stays?: boolean;
  /** Hears that it was put away, or that its time was over. */
  onAway?(): void;
}

/** A notice that is shown. */
export interface Toast extends ToastWish {
  id: number;
}

/** More than these would hide the page; the oldest goes, of those that stay only the oldest of too many. */
const MOST = 3;

let last = 0;

/** The notices, oldest first. */
export const toasts = signal<readonly Toast[]>([]);

/** Shows a notice; the same words again take the place of the first ones. */
export function toast(wish: ToastWish): number {
  last += 1;
  const others = toasts.peek().filter((each) => each.text !== wish.text);
  const all = [...others, { ...wish, id: last }];
  const tooOld = all.length > MOST ? (all.find((each) => !each.stays) ?? all[0]) : undefined;
  toasts.value = all.filter((each) => each !== tooOld);
  return last;
}

/** Takes a notice away. */
export function dismissToast(id: number): void {
  const gone = toasts.peek().find((each) => each.id === id);
  if (gone === undefined) return;
  toasts.value = toasts.peek().filter((each) => each !== gone);
  gone.onAway?.();
}

/** Takes all notices away without a word: they were for somebody who is no longer here. */
export function clearToasts(): void {
  toasts.value = [];
}

/** The notice to say aloud: the one that came last, as long as it is there. An older one that is left was said already. Subscribes the caller. */
export function saidToast(): Toast | undefined {
  return toasts.value.find((each) => each.id === last);
}

/** Puts away the newest notice that would go by itself; says whether there was one. What stays wants to be taken note of. */
export function putAwayToast(): boolean {
  const newest = toasts.peek().findLast((each) => !each.stays);
  if (newest === undefined) return false;
  dismissToast(newest.id);
  return true;
}

/** Does what the newest notice offers for its short time, if one offers anything; says whether it did. */
export function runToast(): boolean {
  const newest = toasts.peek().findLast((each) => each.action !== undefined && !each.stays);
  if (newest === undefined) return false;
  dismissToast(newest.id);
  newest.action?.run();
  return true;
}
