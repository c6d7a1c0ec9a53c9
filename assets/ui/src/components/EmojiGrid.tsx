/** Emoji in rows. One of them is in the tab order; arrows move to the others, letters back to the search. */

import { useEffect, useRef, useState } from "preact/hooks";
import { toned, type Emoji } from "../lib/emoji";
import { emojiUse } from "../hooks/useEmoji";

const COLUMNS = 8;

/** `onShow` gets the one that is pointed at; `onLeave` goes up out of the grid. */
export function EmojiGrid({ list, label, onChoose, onShow, onLeave }: {
  list: readonly Emoji[];
  label: string;
  onChoose(emoji: Emoji, more: boolean): void;
  onShow(emoji: Emoji): void;
  onLeave(): void;
}) {
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const { tone } = emojiUse.value;
  useEffect(() => {
    setAt(0);
    grid.current?.scrollTo(0, 0);
  }, [label, list.length]);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(list.length - 1, to));
    setAt(next);
    grid.current?.querySelectorAll<HTMLElement>("[role=gridcell]")[next]?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const forward = document.documentElement.dir === "rtl" ? -1 : 1;
    if (event.key === "ArrowRight") go(at + forward);
    else if (event.key === "ArrowLeft") go(at - forward);
    else if (event.key === "ArrowDown") go(at + COLUMNS);
    else if (event.key === "ArrowUp") at < COLUMNS ? onLeave() : go(at - COLUMNS);
    else if (event.key === "Home") go(event.ctrlKey ? 0 : at - (at % COLUMNS));
    else if (event.key === "End") go(event.ctrlKey ? list.length - 1 : at - (at % COLUMNS) + COLUMNS - 1);
    else if (event.key === "PageDown") go(at + COLUMNS * 5);
    else if (event.key === "PageUp") go(at - COLUMNS * 5);
    else return void (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && onLeave());
    event.preventDefault();
  };
  const rows = Array.from({ length: Math.ceil(list.length / COLUMNS) }, (_, row) => list.slice(row * COLUMNS, (row + 1) * COLUMNS));
  return (
    <div ref={grid} class="emoji-grid" role="grid" aria-label={label} onKeyDown={onKey}>
      {rows.map((row, y) => (
        <div key={y} role="row">
          {row.map((each, x) => {
            const index = y * COLUMNS + x;
            return (
              <button
                key={each.glyph}
                type="button"
                role="gridcell"
                tabIndex={index === Math.min(at, list.length - 1) ? 0 : -1}
                aria-label={each.name}
                title={`:${each.codes[0] ?? ""}:`}
                onClick={(event) => onChoose(each, event.shiftKey)}
                onFocus={() => (setAt(index), onShow(each))}
                onPointerEnter={() => onShow(each)}
              >
                {toned(each, tone)}
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
}
