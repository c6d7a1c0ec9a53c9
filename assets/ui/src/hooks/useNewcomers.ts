/** Who has come in since one began to wait, for the invitation that is shown at the end of the setup. */

import { useEffect, useState } from "preact/hooks";
import { findUsers } from "../api/people";
import type { User } from "../lib/wire";

/** There is no socket before Inkspot is opened, and somebody looks at this page for a minute or two. */
const EVERY = 3_000;

/** Everybody but those who were there, the last one first. */
export function useNewcomers(known: string): User[] {
  const [users, setUsers] = useState<User[]>([]);
  useEffect(() => {
    const look = () => {
      if (document.hidden) return;
      // One that fails is asked again.
      void findUsers("", 20).then(({ users: found }) => setUsers(found.filter((user) => user.id !== known)), () => undefined);
    };
    const timer = setInterval(look, EVERY);
    return () => clearInterval(timer);
  }, [known]);
  return users.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}
