/** The way back from a page: a step back in the history when one came by one, so that nothing piles up there. */

import { useLocation } from "preact-iso";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { at, here } from "../lib/base";

/** Where the list stands alone. */
const PHONE = "(max-width: 720px)";

/** Steps that are remembered. */
const MOST = 50;

/** Where one was before, if one went on from there, and the way back. */
export interface WayBack {
  before: string | null;
  /** Back to where one came from when `to` fits that, else to `to` in the place of this page. */
  back(to: string): void;
}

/** To be called once, with the present `path`. */
export function useWayBack(path: string): WayBack {
  const { route } = useLocation();
  const steps = useRef<string[]>([path]);
  const popped = useRef(false);
  if (steps.current.at(-1) !== path) {
    const known = steps.current.slice(-MOST);
    const last = known.at(-2) === path ? known.slice(0, -1) : [path];
    steps.current = popped.current ? last : [...known, path];
    popped.current = false;
  }
  useEffect(() => {
    homeBeneath();
    const pop = () => (popped.current = here() !== steps.current.at(-1));
    addEventListener("popstate", pop, true);
    return () => removeEventListener("popstate", pop, true);
  }, []);
  const back = useCallback((to: string) => {
    const before = steps.current.at(-2);
    if (before !== undefined && (before === to || (to !== "/" && before.startsWith(to)))) history.back();
    else route(to, true);
  }, []);
  return { before: steps.current.at(-2) ?? null, back };
}

/** On a phone, a page that was opened from elsewhere has the list beneath it: the way back leads there and not out. */
function homeBeneath(): void {
  const [entry] = performance.getEntriesByType("navigation");
  const fresh = entry instanceof PerformanceNavigationTiming && entry.type === "navigate" && history.state === null;
  if (!fresh || here() === "/" || !matchMedia(PHONE).matches) return;
  const { href } = location;
  history.replaceState({ home: true }, "", at("/"));
  history.pushState({ home: true }, "", href);
}
