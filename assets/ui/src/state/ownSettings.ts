/** What one settles about a conversation for oneself: shown at once, taken back when the server refuses. */

import * as api from "../api/conversations";
import type { OwnSettings } from "../lib/wire";
import { applyRead } from "./roomEvents";
import { keep, peekRoom, put, sortedConversations } from "./rooms";

/** Pins, mutes or archives; rejects with a `Failure`. */
export async function settle(id: string, change: Partial<OwnSettings>): Promise<void> {
  const before = peekRoom(id);
  if (before !== undefined) put({ ...before, ...change });
  try {
    keep(await api.patchSettings(id, change));
  } catch (error) {
    const now = peekRoom(id);
    if (before !== undefined && now !== undefined) put({ ...now, muted: before.muted, pinned: before.pinned, archived: before.archived });
    throw error;
  }
}

/** Lets a conversation count as unread from a line on, for oneself; rejects with a `Failure`. */
export async function markUnread(id: string, seq: number): Promise<void> {
  const before = peekRoom(id);
  if (before !== undefined) put({ ...before, lastReadSeq: Math.min(before.lastReadSeq, seq - 1) });
  try {
    await api.postUnread(id, seq);
  } catch (error) {
    const now = peekRoom(id);
    if (before !== undefined && now !== undefined) put({ ...now, lastReadSeq: before.lastReadSeq });
    throw error;
  }
}

/** Marks everything that is loaded as read, one after the other; rejects with a `Failure`. */
export async function markAllRead(myId: string): Promise<void> {
  for (const { id } of sortedConversations.peek().filter((room) => room.unread > 0)) {
    const room = peekRoom(id);
    if (room === undefined || room.unread === 0) continue;
    await api.postRead(id, room.lastSeq);
    applyRead(id, myId, room.lastSeq, true);
  }
}
