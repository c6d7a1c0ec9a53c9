/** Something loaded when a component appears. */

import { useCallback, useEffect, useState } from "preact/hooks";
import { explain, toFailure } from "../lib/failure";

/** What was loaded, or why it was not. */
export interface Loaded<T> {
  data: T | null;
  error: string | null;
  code: string | null;
  reload(): Promise<void>;
}

/** Loads once per `key`, and again on `reload`. */
export function useLoad<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, "reload">>({ data: null, error: null, code: null });
  const reload = useCallback(async () => {
    try {
      setState({ data: await load(), error: null, code: null });
    } catch (thrown) {
      setState((before) => ({ ...before, error: explain(thrown), code: toFailure(thrown).code }));
    }
  }, [key]);
  useEffect(() => void reload(), [reload]);
  return { ...state, reload };
}
