/** The files of a conversation, a page at a time. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { getFiles, type FileKind } from "../api/files";
import { explain } from "../lib/failure";
import type { ConversationFile } from "../lib/wire";

/** What is loaded so far. */
export interface FileList {
  files: readonly ConversationFile[];
  /** The first page is there. */
  ready: boolean;
  more: boolean;
  failure: string | null;
  /** Loads the next page, one at a time. */
  load(): void;
}

interface State {
  files: readonly ConversationFile[];
  /** Where the next page begins; `undefined` before the first, `null` after the last. */
  next: string | null | undefined;
  failure: string | null;
}

const empty: State = { files: [], next: undefined, failure: null };

/** Loads the first page when mounted. */
export function useFiles(conversationId: string, kind: FileKind): FileList {
  const [state, setState] = useState<State>(empty);
  const latest = useRef<State>(empty);
  const loading = useRef(false);
  const load = useCallback(() => {
    const { files, next } = latest.current;
    if (loading.current || next === null) return;
    loading.current = true;
    const show = (change: State) => setState((latest.current = change));
    getFiles(conversationId, kind, next ?? null)
      .then(
        (page) => show({ files: [...files, ...page.files], next: page.next, failure: null }),
        (error: unknown) => show({ files, next, failure: explain(error) }),
      )
      .finally(() => (loading.current = false));
  }, [conversationId, kind]);
  useEffect(load, []);
  return { files: state.files, ready: state.next !== undefined, more: state.next !== null, failure: state.failure, load };
}

/** Calls `load` whenever the returned element is near the screen; `loaded` is how much is there already. */
export function useNearEnd(load: () => void, loaded = 0): { current: HTMLDivElement | null } {
  const end = useRef<HTMLDivElement | null>(null);
  // Looked at anew after each page: an end that stays near does not come near again.
  useEffect(() => {
    const element = end.current;
    if (element === null) return undefined;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && load(), { rootMargin: "400px" });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [load, loaded]);
  return end;
}

/** Whether the element at `place` has come near the screen: what is far is not asked for. */
export function useNear(): { place: { current: HTMLDivElement | null }; isNear: boolean } {
  const [isNear, setNear] = useState(false);
  const come = useCallback(() => setNear(true), []);
  return { place: useNearEnd(come), isNear };
}
