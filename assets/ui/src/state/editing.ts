/** The line that is being changed, and changing or deleting lines. */

import { signal } from "@preact/signals";
import * as api from "../api/conversations";
import { changed } from "./live";

/** The id of the message whose words are open for changing; one at a time. */
export const editing = signal<string | null>(null);

/** Gives a message other words; rejects with a `Failure`. */
export async function changeLine(id: string, content: string): Promise<void> {
  changed(await api.patchMessage(id, content));
  if (editing.peek() === id) editing.value = null;
}

/** Deletes a message for everyone; the page hears of it as everybody does. */
export async function deleteLine(id: string): Promise<void> {
  await api.deleteMessage(id);
}
