/** A short list of things to do, opened by a button: arrows move, Escape and a press elsewhere close. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./Icon";

/** One thing to do. */
export interface MenuItem {
  icon: IconName;
  words: string;
  fault?: boolean;
  onChoose(): void;
}

/** Rendered while open, inside something positioned; `onClose` must stop rendering it. */
export function Menu({ label, items, onClose }: { label: string; items: readonly MenuItem[]; onClose(): void }) {
  const box = useRef<HTMLDivElement>(null);
  const [up, setUp] = useState(false);
  useLayoutEffect(() => {
    const frame = box.current?.closest(".thread")?.getBoundingClientRect();
    const place = box.current?.getBoundingClientRect();
    if (frame && place) setUp(place.bottom > frame.bottom && place.top - place.height > frame.top);
    const before = document.activeElement;
    box.current?.querySelector<HTMLElement>("button")?.focus({ preventScroll: true });
    return () => before instanceof HTMLElement && document.activeElement === document.body && before.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const outside = (event: Event) => event.target instanceof Node && !box.current?.contains(event.target) && onClose();
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [onClose]);
  const move = (step: number) => {
    const all = [...(box.current?.querySelectorAll("button") ?? [])];
    const at = all.findIndex((each) => each === document.activeElement);
    all.at((at + step + all.length) % all.length)?.focus();
  };
  return (
    <div
      ref={box}
      class={`menu${up ? " up" : ""}`}
      role="menu"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === "ArrowDown") move(1);
        else if (event.key === "ArrowUp") move(-1);
        else if (event.key === "Escape" || event.key === "Tab") onClose();
        else return;
        if (event.key !== "Tab") event.preventDefault();
        event.stopPropagation();
      }}
    >
      {items.map((item) => (
        <button
          key={item.words}
          type="button"
          role="menuitem"
          class={item.fault ? "fault" : ""}
          onClick={() => {
            onClose();
            item.onChoose();
          }}
        >
          <Icon name={item.icon} small />
          {item.words}
        </button>
      ))}
    </div>
  );
}
