/** What one can do about a conversation for oneself, with the notice that takes it back. */

import { explain } from "../lib/failure";
import { t } from "../lib/text";
import type { Conversation } from "../lib/wire";
import { myId } from "../state/account";
import { markRead } from "../state/live";
import { markAllRead, markUnread, settle } from "../state/ownSettings";
import { titleOf } from "./useConversations";
import { rearrange } from "./useSections";
import { toast } from "./useToast";

/** Does it at once; a refusal is said and taken back. */
async function tell(work: Promise<void>): Promise<boolean> {
  rearrange();
  try {
    await work;
    return true;
  } catch (error) {
    toast({ text: explain(error), kind: "fault" });
    return false;
  } finally {
    rearrange();
  }
}

/** On top of the list, or among the others again. */
export const pin = (room: Conversation, pinned: boolean) => tell(settle(room.id, { pinned }));

/** Only what names one makes a noise, or everything. */
export const mute = (room: Conversation, muted: boolean) => tell(settle(room.id, { muted }));

/** Puts it away, or takes it back. */
export function archive(room: Conversation, archived: boolean): void {
  const title = titleOf(room);
  const undo = { label: t("toast.undo"), run: () => void tell(settle(room.id, { archived: !archived })) };
  void tell(settle(room.id, { archived })).then(
    (done) => done && toast({ text: t(archived ? "list.archivedNow" : "list.unarchivedNow", { title }), action: undo }),
  );
}

/** Everything in it is read. */
export function readAll(room: Conversation): void {
  const last = room.lastMessage;
  if (last !== null) markRead({ conversationId: room.id, messageId: last.id, seq: room.lastSeq });
  rearrange();
}

/** Its newest line counts as unread. */
export const unread = (room: Conversation) => tell(markUnread(room.id, room.lastSeq));

/** Everything everywhere is read. */
export const readEverything = () => tell(markAllRead(myId()));
