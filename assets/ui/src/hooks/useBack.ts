/** The browser's way back closes what lies over the page, as people on phones expect. */

import { useEffect, useRef } from "preact/hooks";

/** Adds a step to the history while mounted; going back calls `onClose`. */
export function useBackCloses(onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const mark = Math.random();
    history.pushState({ ...(history.state as object | null), over: mark }, "");
    let gone = false;
    const back = () => {
      gone = true;
      close.current();
    };
    addEventListener("popstate", back);
    return () => {
      removeEventListener("popstate", back);
      // Elsewhere by now: that step is not ours to take back.
      const here = (history.state as { over?: number } | null)?.over === mark;
      if (!gone && here) history.back();
    };
  }, []);
}
