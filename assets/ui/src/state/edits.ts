/** The lines whose words are open for changing, with the words so far; they stay so wherever one goes in this tab. */

import { signal } from "@preact/signals";
import { loadEdits, saveEdits } from "../cache/edits";

/** The ids of the messages that are open for changing. */
export const editing = signal<ReadonlySet<string>>(new Set());

let words = new Map<string, string>();
let owner = "";
/** The one that was opened last and waits to be drawn: one writes on there. */
let wanted: string | null = null;

/** Takes up what this user had under way before a reload. */
export function openEdits(userId: string): void {
  owner = userId;
  words = loadEdits(userId);
  editing.value = new Set(words.keys());
}

/** Forgets all of it. */
export function closeEdits(): void {
  words.clear();
  saveEdits(owner, words);
  editing.value = new Set();
}

/** Opens a line for changing; one that is open already stays as it is. */
export function beginEdit(id: string, content: string): void {
  wanted = id;
  if (!words.has(id)) keepEdit(id, content);
  editing.value = new Set(words.keys());
}

/** The words so far of an open line. */
export function wordsOf(id: string): string | undefined {
  return words.get(id);
}

/** Whether one has just opened this line, asked once: then the focus goes there, and not when it is drawn again. */
export function takeFocus(id: string): boolean {
  const mine = wanted === id;
  if (mine) wanted = null;
  return mine;
}

/** Keeps the words so far. */
export function keepEdit(id: string, text: string): void {
  words.set(id, text);
  saveEdits(owner, words);
}

/** Closes a line; what was begun is given up. */
export function leaveEdit(id: string): void {
  if (!words.delete(id)) return;
  saveEdits(owner, words);
  editing.value = new Set(words.keys());
}
