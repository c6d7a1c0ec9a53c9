/** The directory, administration and invitations, for components. */

import { useEffect, useState } from "preact/hooks";
import { findUsers } from "../api/people";
import { joinByInvite as join } from "../api/people";
import { explain } from "../lib/failure";
import type { User } from "../lib/wire";
import { keep } from "../state/conversations";

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

/** People for a search as it is typed; the newest answer wins. */
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
  return { users, more: users?.length === LIMIT, failure };
}

/** Joins an invitation's conversation and returns its id. */
export async function joinByInvite(code: string): Promise<string> {
  return keep((await join(code)).conversation).id;
}
