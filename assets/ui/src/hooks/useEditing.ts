/** Changing and deleting lines that are stored, for components. */

import { getHistory } from "../api/conversations";
import { myId } from "../state/account";
import { beginEdit } from "../state/edits";
import { threadOf } from "../state/live";

export { changeLine, deleteLine } from "../state/editing";
export { editing, keepEdit, leaveEdit, takeFocus, wordsOf } from "../state/edits";

/** Opens one's newest line of a conversation for changing; returns whether there is one. */
export function editNewest(conversationId: string): boolean {
  const mine = threadOf(conversationId).messages.peek().findLast((each) => each.senderId === myId() && each.deletedAt === undefined && each.content !== "");
  if (mine === undefined) return false;
  beginEdit(mine.id, mine.content);
  return true;
}

/** All versions of a line, the oldest first. */
export async function historyOf(id: string) {
  return (await getHistory(id)).versions;
}
