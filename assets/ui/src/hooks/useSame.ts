/** Keeps what says the same as before. */

import { useRef } from "preact/hooks";

/** The value of before as long as the new one is the `same`: nothing is drawn again for it. */
export function useSame<T>(next: T, same: (before: T, next: T) => boolean): T {
  const kept = useRef(next);
  if (kept.current !== next && !same(kept.current, next)) kept.current = next;
  return kept.current;
}
