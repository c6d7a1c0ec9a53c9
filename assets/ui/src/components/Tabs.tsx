/** A row of tabs: arrows move between them, the panel below belongs to the chosen one. */

import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import "../styles/tabs.css";

/** `children` is the content of the chosen tab. */
export function Tabs<const T extends string>(props: {
  label: string;
  tabs: readonly T[];
  current: T;
  words(tab: T): string;
  /** What stands on the tab instead of its words, which are its name then. */
  draw?(tab: T): ComponentChildren;
  onChoose(tab: T): void;
  children: ComponentChildren;
}) {
  const { tabs, current } = props;
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  const go = (to: number) => {
    const tab = tabs.at(to % tabs.length);
    if (tab === undefined) return;
    props.onChoose(tab);
    row.current?.querySelectorAll<HTMLElement>("[role=tab]")[tabs.indexOf(tab)]?.focus();
  };
  return (
    <>
      <div
        class="tabs"
        role="tablist"
        aria-label={props.label}
        ref={row}
        onKeyDown={(event) => {
          const at = tabs.indexOf(current);
          const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
          if (event.key === "ArrowRight") go(at + rtl);
          else if (event.key === "ArrowLeft") go(at - rtl);
          else if (event.key === "Home") go(0);
          else if (event.key === "End") go(-1);
        }}
      >
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`${id}-${tab}`}
            aria-selected={tab === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab === current ? 0 : -1}
            aria-label={props.draw && props.words(tab)}
            title={props.draw && props.words(tab)}
            onClick={() => props.onChoose(tab)}
          >
            {props.draw?.(tab) ?? props.words(tab)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current}`}>
        {props.children}
      </div>
    </>
  );
}
