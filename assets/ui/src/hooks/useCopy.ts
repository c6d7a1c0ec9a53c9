/** Copying, and saying for a moment that it was done. */

import { useEffect, useState } from "preact/hooks";

const SAID = 2_000;

/** `copy(text)` puts it on the clipboard; `copied` is true for two seconds then. */
export function useCopy(): { copied: boolean; copy(text: string): void } {
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (at === 0) return undefined;
    const timer = setTimeout(() => setAt(0), SAID);
    return () => clearTimeout(timer);
  }, [at]);
  return {
    copied: at > 0,
    // A browser that refuses has said so itself.
    copy: (text) => void navigator.clipboard?.writeText(text).then(() => setAt(Date.now()), () => undefined),
  };
}
