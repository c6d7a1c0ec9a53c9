/** Changing or deleting lines that are stored. */

import * as api from "../api/conversations";
import { leaveEdit } from "./edits";
import { changed } from "./live";

/** Gives a message other words; rejects with a `Failure`. */
export async function changeLine(id: string, content: string): Promise<void> {
  changed(await api.patchMessage(id, content));
  leaveEdit(id);
}

/** Deletes a message for everyone; the page hears of it as everybody does. */
export async function deleteLine(id: string): Promise<void> {
  await api.deleteMessage(id);
}
