/** The administration, for components. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../lib/failure";

export {
  backupAddress,
  confirmPassword,
  deleteGroup,
  endAllSessions,
  endSessionsOf,
  getBackups,
  getGroupMembers,
  getGroups,
  getHealth,
  getHouse,
  getPeople,
  getReset,
  getStorage,
  patchGroup,
  patchHouse,
  postBackup,
  postCompaction,
  postReset,
  postResetLink,
  putOwner,
  putQuota,
} from "../api/admin";

/** A list that comes in pages. */
export interface Paged<T> {
  items: T[] | null;
  more: boolean;
  error: string | null;
  loadMore(): void;
  reload(): void;
}

const PAUSE = 150;

/** Loads the first page for each `key`, and the next ones when asked; `load` gets a cursor. The newest answer wins. */
export function usePages<T>(key: string, load: (cursor: string | null) => Promise<{ items: T[]; next: string | null }>): Paged<T> {
  const [state, setState] = useState<{ items: T[] | null; next: string | null; error: string | null }>({ items: null, next: null, error: null });
  const turn = useRef(0);
  const ask = useCallback(
    (cursor: string | null) => {
      const mine = (turn.current += 1);
      load(cursor).then(
        (page) =>
          mine === turn.current &&
          setState((before) => ({ items: cursor === null ? page.items : [...(before.items ?? []), ...page.items], next: page.next, error: null })),
        (error: unknown) => mine === turn.current && setState((before) => ({ ...before, error: explain(error) })),
      );
    },
    [key],
  );
  useEffect(() => {
    const timer = setTimeout(() => ask(null), PAUSE);
    return () => {
      clearTimeout(timer);
      turn.current += 1;
    };
  }, [ask]);
  return { items: state.items, more: state.next !== null, error: state.error, loadMore: () => ask(state.next), reload: () => ask(null) };
}
