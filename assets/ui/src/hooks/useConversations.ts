/** The list of conversations, titles, presence and membership, for components. */

import { computed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import * as api from "../api/conversations";
import { explain } from "../lib/failure";
import { clock, daysAgo, ago } from "../lib/time";
import { t } from "../lib/text";
import type { Conversation, Member, User } from "../lib/wire";
import { myId } from "../state/account";
import * as list from "../state/conversations";
import { link } from "../state/live";

export { loadList, loadMoreList, listFailure, listPhase, sortedConversations, totalUnread } from "../state/conversations";

/** Away means: not here, but here within this time. */
const AWAY = 10 * 60_000;

/** One conversation with its members, loaded when it is not known in full. */
export function useConversation(id: string): { room: Conversation | undefined; failure: string | null } {
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    setFailure(null);
    list.loadConversation(id).catch((error: unknown) => setFailure(explain(error)));
  }, [id]);
  // What happens in the others draws nothing here.
  const room = useMemo(() => computed(() => list.conversation(id)), [id]).value;
  return { room, failure };
}

/** The other person of a direct conversation. */
export function otherOf(room: Conversation): Member | undefined {
  return room.isGroup ? undefined : room.members.find((member) => member.id !== myId());
}

/** What a conversation is called. */
export function titleOf(room: Conversation): string {
  if (room.isGroup) return room.title ?? t("room.noTitle");
  return otherOf(room)?.displayName ?? t("room.deleted");
}

/** The shape beside somebody's initials. */
export type PresenceShape = "here" | "away" | "gone";

/** Whether somebody is here, away or gone; subscribes the caller. */
export function presenceShape(user: Pick<User, "id" | "online" | "lastSeenAt">): PresenceShape {
  // Without a connection nothing is known about anybody.
  if (link.downSince.value !== null) return "gone";
  const { online, lastSeenAt } = list.presenceOf(user);
  if (online) return "here";
  return lastSeenAt !== null && Date.now() - new Date(lastSeenAt).getTime() < AWAY ? "away" : "gone";
}

/** The words for it: `here now`, `last here 10:07`. */
export function presenceText(user: Pick<User, "id" | "online" | "lastSeenAt">): string {
  const { online, lastSeenAt } = list.presenceOf(user);
  if (online) return t(link.downSince.value === null ? "presence.here" : "presence.unknown");
  if (lastSeenAt === null) return t("presence.gone");
  const now = Date.now();
  const when = daysAgo(lastSeenAt, now) === 0 ? clock(lastSeenAt) : ago(lastSeenAt, now);
  return t("presence.lastSeen", { when });
}

/** Starts a conversation and returns its id; rejects with a `Failure`. */
export async function startConversation(members: string[], title: string | null): Promise<string> {
  const wish = title === null ? { isGroup: false, members } : { isGroup: true, members, title };
  return list.keep(await api.postConversation(wish)).id;
}

/** Renames a group. */
export async function renameRoom(id: string, title: string): Promise<void> {
  list.keep(await api.renameConversation(id, title));
}

/** Adds people by sign-in name. */
export async function addPeople(id: string, usernames: string[]): Promise<void> {
  await api.addMembers(id, usernames);
  await list.loadConversation(id);
}

/** Removes somebody; removing oneself is leaving. */
export async function removePerson(id: string, userId: string): Promise<void> {
  await api.removeMember(id, userId);
  if (userId === myId()) list.forget(id);
  else await list.loadConversation(id);
}

/** Makes somebody an owner, or a plain member again. */
export async function setRole(id: string, userId: string, role: Member["memberRole"]): Promise<void> {
  await api.setMemberRole(id, userId, role);
  await list.loadConversation(id);
}

/** All members of a large group, a page at a time. */
export async function membersPage(id: string, cursor: string | null) {
  return api.getMembers(id, cursor);
}
