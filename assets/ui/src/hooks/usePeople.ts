/** The directory, administration and invitations, for components. */

import { useEffect, useState } from "preact/hooks";
import { findUsers } from "../api/people";
import { joinByInvite as join } from "../api/people";
import { explain } from "../lib/failure";
import type { User } from "../lib/wire";
import { myId } from "../state/account";
import { keep, sortedConversations } from "../state/conversations";

export {
  acceptInvite,
  deleteInvite,
  findUsers,
  getInvites,
  patchUser,
  postInvite,
  previewInvite,
  resetPassword,
  type InviteWish,
} from "../api/people";

const PAUSE = 150;
const LIMIT = 50;
/** So many of those one knows stand first. */
const RECENT = 5;

/** People for a search as it is typed; the newest answer wins. Without a text those one has written with stand first. */
export function useDirectory(query: string): { users: User[] | null; more: boolean; failure: string | null } {
  const [users, setUsers] = useState<User[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      findUsers(query.trim(), LIMIT).then(
        (answer) => current && (setUsers(answer.users), setFailure(null)),
        (error: unknown) => current && setFailure(explain(error)),
      );
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query]);
  const recent = query.trim() === "" ? recentPeople() : [];
  const rest = users?.filter((user) => recent.every((each) => each.id !== user.id));
  return { users: rest ? [...recent, ...rest] : users, more: users?.length === LIMIT, failure };
}

/** Whom one has written with alone, the latest first. */
function recentPeople(): User[] {
  const others = sortedConversations.value.flatMap((room) => (room.isGroup ? [] : room.members.filter((member) => member.id !== myId())));
  return others.filter((member) => !member.disabled).slice(0, RECENT);
}

/** Joins an invitation's conversation and returns its id. */
export async function joinByInvite(code: string): Promise<string> {
  return keep((await join(code)).conversation).id;
}
