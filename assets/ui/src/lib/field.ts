/** Changes what stands in a text field as if it had been typed, so that it can be undone. */

import type { Edit, Writing } from "./compose";

/** What the field holds now. */
export function writingIn(field: HTMLTextAreaElement): Writing {
  return { text: field.value, from: field.selectionStart, to: field.selectionEnd };
}

/** Makes the change and selects what it says. */
export function applyEdit(field: HTMLTextAreaElement, edit: Edit): void {
  const { text } = writingIn(field);
  const wanted = text.slice(0, edit.start) + edit.insert + text.slice(edit.end);
  field.focus({ preventScroll: true });
  field.setSelectionRange(edit.start, edit.end);
  // The only way that the browser's own undo knows of; it is old, and every browser has it.
  if (wanted !== text) document.execCommand(edit.insert === "" ? "delete" : "insertText", false, edit.insert);
  if (field.value !== wanted) {
    field.setRangeText(wanted, 0, field.value.length, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  field.setSelectionRange(edit.from, edit.to);
}

/** Puts words in place of these characters; the caret stands after them. */
export function replaceIn(field: HTMLTextAreaElement, start: number, end: number, insert: string): void {
  applyEdit(field, { start, end, insert, from: start + insert.length, to: start + insert.length });
}
