/** A long page whose parts have addresses: goes to the one in the address, and knows which one is in view. */

import { useEffect, useState } from "preact/hooks";

/** How far below the top of the page a heading still counts as the one in view, in px. */
const NEAR = 120;

/** `parts` are the ids of the sections, top to bottom; `wanted` comes from the address. Returns the part in view. */
export function useParts(parts: readonly string[], wanted: string | undefined): string {
  const first = parts[0] ?? "";
  const [seen, setSeen] = useState(wanted ?? first);
  useEffect(() => {
    if (wanted === undefined) return;
    const section = document.getElementById(wanted);
    section?.scrollIntoView({ block: "start" });
    document.getElementById(`${wanted}-title`)?.focus({ preventScroll: true });
    setSeen(wanted);
  }, [wanted]);
  useEffect(() => {
    const box = document.getElementById(first)?.closest<HTMLElement>(".settings-scroll");
    if (!box) return undefined;
    const look = () => {
      const top = box.getBoundingClientRect().top + NEAR;
      const above = parts.filter((part) => (document.getElementById(part)?.getBoundingClientRect().top ?? Infinity) <= top);
      const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
      setSeen((before) => (atEnd && wanted !== undefined ? before : (above.at(-1) ?? first)));
    };
    box.addEventListener("scroll", look, { passive: true });
    return () => box.removeEventListener("scroll", look);
  }, [first, wanted]);
  return seen;
}
