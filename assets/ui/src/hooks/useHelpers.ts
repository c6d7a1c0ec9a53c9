/** Who can help when the server needs it. */

import { joinNames } from "../lib/text";
import type { Member } from "../lib/wire";
import { myId } from "../state/account";
import { sortedConversations } from "../state/conversations";

/** How many are named. */
const NAMED = 2;

/** The administrators among the people one shares conversations with, by name; empty when none is known. Subscribes the caller. */
export function helpers(): string {
  const known = new Map<string, Member>();
  for (const room of sortedConversations.value) {
    for (const member of room.members) if (member.role === "admin" && !member.disabled && member.id !== myId()) known.set(member.id, member);
  }
  return joinNames([...known.values()].slice(0, NAMED).map((member) => member.displayName));
}
