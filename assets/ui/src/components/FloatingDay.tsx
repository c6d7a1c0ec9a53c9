/** The day one is in, at the upper edge while one turns the page; its heading is out of sight then. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../lib/lines";
import { dayHeading } from "../lib/time";
import type { Sticky } from "../hooks/useSticky";

/** Milliseconds that it stays after the last turn. */
const STAY = 1_200;

/** Repeats a heading, so it is for the eyes only. */
export function FloatingDay({ rows, sticky }: { rows: readonly Row[]; sticky: Sticky }) {
  const [turning, setTurning] = useState(false);
  useEffect(() => {
    const box = sticky.scroller.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turned = () => {
      setTurning(true);
      clearTimeout(timer);
      timer = setTimeout(() => setTurning(false), STAY);
    };
    for (const name of ["wheel", "touchmove", "keydown"]) box?.addEventListener(name, turned, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const name of ["wheel", "touchmove", "keydown"]) box?.removeEventListener(name, turned);
    };
  }, []);
  // What was shown last is there while it fades; nothing is looked for while nobody turns the page.
  const words = useRef("");
  const at = turning ? rows.findIndex((row) => row.key === sticky.top.value) : -1;
  const row = rows[at];
  const shown = row?.kind === "line" && rows[at - 1]?.kind !== "day" && !sticky.atEnd.value;
  if (shown) words.current = dayHeading(row.line.at, Date.now());
  return (
    <p class={`float-day${shown ? " shown" : ""}`} aria-hidden="true">
      {words.current}
    </p>
  );
}
