/** A thing that is done once at a time and may fail: a form, a button. */

import { useRef, useState } from "preact/hooks";
import { explain, toFailure } from "../lib/failure";

/** A running or failed task. */
export interface Task {
  busy: boolean;
  /** The sentence to show, or `null`. */
  error: string | null;
  /** The field the error is about, if it is about one. */
  field: string | null;
  /** Runs it; resolves to whether it went well. A second call while running does nothing. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  /** Says an error that was found before sending. */
  refuse(error: string, field: string): void;
}

/** Keeps the state of a task. */
export function useTask(): Task {
  const [state, setState] = useState<Pick<Task, "busy" | "error" | "field">>({ busy: false, error: null, field: null });
  const running = useRef(false);
  return {
    ...state,
    refuse: (error, field) => setState({ busy: false, error, field }),
    async run(work) {
      if (running.current) return false;
      running.current = true;
      setState({ busy: true, error: null, field: null });
      try {
        await work();
        setState({ busy: false, error: null, field: null });
        return true;
      } catch (thrown) {
        setState({ busy: false, error: explain(thrown), field: toFailure(thrown).field ?? null });
        return false;
      } finally {
        running.current = false;
      }
    },
  };
}
