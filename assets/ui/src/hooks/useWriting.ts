/** The keys of writing: marks around words, new lines, sending. */

import { inCode, inFence, isAddress, linkEdit, newLineEdit, wrapEdit } from "../lib/compose";
import { applyEdit, writingIn } from "../lib/field";
import { isShortcut } from "../lib/shortcuts";
import { pref } from "../cache/prefs";

/** Handles a key of a field that sends; says whether it did. */
export function writingKey(event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }, onSend: () => void): boolean {
  // 229: an input method is at work; Safari says so only here.
  if (event.isComposing || event.keyCode === 229) return false;
  const box = event.currentTarget;
  if (event.key === "Enter") return enter(event, box, onSend);
  const mark = markOf(event);
  const writing = writingIn(box);
  const chosen = writing.from !== writing.to;
  if (mark !== null) applyEdit(box, wrapEdit(writing, mark));
  else if (chosen && isShortcut(event, "link")) applyEdit(box, linkEdit(writing));
  else return false;
  event.preventDefault();
  return true;
}

function markOf(event: KeyboardEvent): string | null {
  if (isShortcut(event, "bold")) return "**";
  if (isShortcut(event, "italic")) return "*";
  return isShortcut(event, "code") ? "`" : null;
}

/** Ctrl/Cmd+Enter always sends. Enter alone does too, unless it was chosen not to or one writes code. */
function enter(event: KeyboardEvent, box: HTMLTextAreaElement, onSend: () => void): boolean {
  if (event.altKey) return false;
  const mod = event.ctrlKey || event.metaKey;
  const plain = !event.shiftKey && pref("sendKey").peek() === "enter" && !inFence(box.value, box.selectionStart);
  if (mod || plain) {
    event.preventDefault();
    onSend();
    return true;
  }
  const edit = newLineEdit(writingIn(box));
  if (edit === null) return false;
  event.preventDefault();
  applyEdit(box, edit);
  return true;
}

/** An address that is pasted over words becomes their link; says whether it did. */
export function pasteLink(event: ClipboardEvent & { currentTarget: HTMLTextAreaElement }): boolean {
  const address = event.clipboardData?.getData("text/plain").trim() ?? "";
  const writing = writingIn(event.currentTarget);
  const words = writing.text.slice(writing.from, writing.to);
  if (words.trim() === "" || words.includes("\n") || isAddress(words) || !isAddress(address) || inCode(writing.text, writing.from)) return false;
  event.preventDefault();
  applyEdit(event.currentTarget, linkEdit(writing, address));
  return true;
}
