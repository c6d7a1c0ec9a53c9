/** A short list of things to do: arrows move, Escape and a press elsewhere close. On a phone a sheet at the foot. */

import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useFloat, type Anchor } from "../hooks/useFloat";
import { Icon, type IconName } from "./Icon";

/** One thing to do, or one of several choices when it is `checked` or not. */
export interface MenuItem {
  icon?: IconName;
  words: string;
  fault?: boolean;
  /** A hairline stands above it. */
  apart?: boolean;
  checked?: boolean;
  onChoose(): void;
}

/** Rendered while open; stands by `anchor`, else by what it is rendered in. `onClose` must stop rendering it; `children` say what it is about. */
export function Menu(props: { label: string; items: readonly MenuItem[]; anchor?: Anchor; onClose(): void; children?: ComponentChildren }) {
  const { label, items, onClose } = props;
  const box = useRef<HTMLDivElement>(null);
  useFloat(box, props.anchor ?? null, onClose);
  const go = (to: (at: number, all: number) => number) => {
    const all = [...(box.current?.querySelectorAll("button") ?? [])];
    const at = all.findIndex((each) => each === document.activeElement);
    all.at(to(at, all.length) % all.length)?.focus();
  };
  return (
    <div
      ref={box}
      class="menu"
      popover="manual"
      role="menu"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === "ArrowDown") go((at) => at + 1);
        else if (event.key === "ArrowUp") go((at, all) => at - 1 + all);
        else if (event.key === "Home") go(() => 0);
        else if (event.key === "End") go((_, all) => all - 1);
        else if (event.key === "Escape" || event.key === "Tab") onClose();
        else return;
        if (event.key !== "Tab") event.preventDefault();
        event.stopPropagation();
      }}
    >
      {props.children && (
        <p class="menu-note" role="none">
          {props.children}
        </p>
      )}
      {items.map((item) => (
        <button
          key={item.words}
          type="button"
          role={item.checked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={item.checked}
          tabIndex={-1}
          class={`${item.fault ? "fault" : ""}${item.apart ? " apart" : ""}`}
          onClick={() => {
            onClose();
            item.onChoose();
          }}
        >
          {item.checked === undefined ? item.icon && <Icon name={item.icon} small /> : <Icon name="check" small />}
          {item.words}
        </button>
      ))}
    </div>
  );
}
