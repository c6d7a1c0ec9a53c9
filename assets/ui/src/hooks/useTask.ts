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
  /** The server's code of the error. */
  code: string | null;
  /** Runs it; resolves to whether it went well. A second call while running does nothing. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  /** Says an error that was found before sending. */
  refuse(error: string, field: string): void;
  /** What was said about these fields counts no more: they are being mended. */
  forget(...fields: string[]): void;
}

const IDLE = { busy: false, error: null, field: null, code: null };

/** Keeps the state of a task. */
export function useTask(): Task {
  const [state, setState] = useState<Pick<Task, "busy" | "error" | "field" | "code">>(IDLE);
  const running = useRef(false);
  return {
    ...state,
    refuse: (error, field) => setState({ busy: false, error, field, code: null }),
    forget: (...fields) => setState((now) => (now.field !== null && fields.includes(now.field) ? IDLE : now)),
    async run(work) {
      if (running.current) return false;
      running.current = true;
      setState({ ...IDLE, busy: true });
      try {
        await work();
        setState(IDLE);
        return true;
      } catch (thrown) {
        setState({ busy: false, error: explain(thrown), field: toFailure(thrown).field ?? null, code: toFailure(thrown).code });
        return false;
      } finally {
        running.current = false;
      }
    },
  };
}
