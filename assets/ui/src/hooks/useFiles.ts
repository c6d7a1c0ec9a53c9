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
  const loading = useRef(false);
  const { next } = state;
  const load = useCallback(() => {
    if (loading.current || next === null) return;
    loading.current = true;
    getFiles(conversationId, kind, next ?? null)
      .then(
        (page) => setState((before) => ({ files: [...before.files, ...page.files], next: page.next, failure: null })),
        (error: unknown) => setState((before) => ({ ...before, failure: explain(error) })),
      )
      .finally(() => (loading.current = false));
  }, [conversationId, kind, next]);
  useEffect(load, []);
  return { files: state.files, ready: next !== undefined, more: next !== null, failure: state.failure, load };
}

/** Calls `load` whenever the returned element comes near the screen. */
export function useNearEnd(load: () => void): { current: HTMLDivElement | null } {
  const end = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    const element = end.current;
    if (element === null) return undefined;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && load(), { rootMargin: "400px" });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [load]);
  return end;
}
