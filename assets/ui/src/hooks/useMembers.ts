/** Who is in a conversation, for calling them by name. */

import { useEffect } from "preact/hooks";
import { getMembers } from "../api/conversations";
import type { Member } from "../lib/wire";
import { conversation, keep } from "../state/conversations";

/** Of a very large group so many pages are loaded; who stands on none can be written all the same. */
const PAGES = 20;
const asked = new Set<string>();

/** The members that are known; when they are `wanted`, those of a large group are loaded too. */
export function useMembers(conversationId: string, wanted: boolean): readonly Member[] {
  // While nobody is called for, what happens in the conversation changes nothing here.
  const room = wanted ? conversation(conversationId) : undefined;
  const missing = room !== undefined && room.members.length < room.memberCount;
  useEffect(() => {
    if (wanted && missing) void loadFurther(conversationId);
  }, [conversationId, wanted, missing]);
  return room?.members ?? [];
}

async function loadFurther(id: string): Promise<void> {
  if (asked.has(id)) return;
  asked.add(id);
  try {
    let cursor: string | null = null;
    for (let page = 0; page < PAGES; page += 1) {
      const answer: Awaited<ReturnType<typeof getMembers>> = await getMembers(id, cursor);
      const room = conversation(id);
      if (room === undefined) return;
      keep({ ...room, members: [...new Map([...room.members, ...answer.members].map((each) => [each.id, each])).values()] });
      cursor = answer.next;
      if (cursor === null) return;
    }
  } catch {
    asked.delete(id);
  }
}
