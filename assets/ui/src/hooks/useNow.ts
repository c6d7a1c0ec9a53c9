/** The time, refreshed by itself. */

import { useEffect, useState } from "preact/hooks";

/** Now, in ms since 1970, refreshed every `every` ms; 0 means only when rendered for another reason. */
export function useNow(every: number): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (every === 0) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), every);
    return () => clearInterval(timer);
  }, [every]);
  return Date.now();
}
