/** The people of a group, however many: a page at a time, and all of them once one looks for a name. */

import { useEffect, useState } from "preact/hooks";
import { calls } from "../lib/match";
import { compareNames } from "../lib/text";
import type { Conversation, Member } from "../lib/wire";
import { membersPage } from "./useConversations";
import { useTask } from "./useTask";

/** So many are drawn at first, and more with each wish. */
const SHOWN = 100;

/** Those to draw, owners first, and how many are left. */
export interface Crowd {
  shown: readonly Member[];
  left: number;
  busy: boolean;
  error: string | null;
  more(): void;
}

/** `query` narrows them to those who are called so. */
export function useCrowd(room: Conversation, query: string): Crowd {
  const [further, setFurther] = useState<{ members: readonly Member[]; next: string | null; asked: boolean }>({ members: [], next: null, asked: false });
  const [most, setMost] = useState(SHOWN);
  const task = useTask();
  // Somebody came or went: what was loaded is not true any more.
  useEffect(() => setFurther({ members: [], next: null, asked: false }), [room.memberCount]);
  const all = [...new Map([...further.members, ...room.members].map((member) => [member.id, member])).values()];
  const whole = all.length >= room.memberCount || (further.asked && further.next === null);
  const load = (pages: number) =>
    task.run(async () => {
      let { members, next } = further;
      for (let page = 0; page < pages && (next !== null || page === 0); page += 1) {
        const got = await membersPage(room.id, next);
        members = [...members, ...got.members];
        next = got.next;
      }
      setFurther({ members, next, asked: true });
    });
  const looking = query !== "" && !whole;
  useEffect(() => void (looking && load(Infinity)), [looking]);
  const fit = all.filter((member) => calls(query, `${member.displayName} ${member.username}`)).sort(byRole);
  return {
    shown: fit.slice(0, most),
    left: query === "" ? Math.max(0, room.memberCount - Math.min(most, fit.length)) : Math.max(0, fit.length - most),
    busy: task.busy,
    error: task.error,
    more() {
      setMost(most + SHOWN);
      if (!whole && all.length < most + SHOWN) void load(1);
    },
  };
}

function byRole(a: Member, b: Member): number {
  const rank = (member: Member) => (member.memberRole === "owner" ? 0 : 1);
  return rank(a) - rank(b) || compareNames(a.displayName, b.displayName);
}
