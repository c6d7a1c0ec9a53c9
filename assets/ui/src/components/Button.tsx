/** Buttons: with words, or with an icon and a label for those who can't see it. */

import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

/** A button with words. */
export interface ButtonProps {
  children: ComponentChildren;
  kind?: "primary" | "quiet" | "fault";
  icon?: IconName;
  type?: "button" | "submit";
  busy?: boolean;
  disabled?: boolean;
  label?: string;
  autofocus?: boolean;
  onClick?: (event: MouseEvent) => void;
}

/** Says what happens when pressed. While `busy` it stays focusable and does nothing. */
export function Button({ children, kind, icon, type = "button", busy, disabled, label, autofocus, onClick }: ButtonProps) {
  return (
    <button
      type={type}
      class={`button ${kind ?? ""}`}
      disabled={disabled ?? false}
      autofocus={autofocus}
      aria-label={label}
      aria-busy={busy ? "true" : undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {icon && <Icon name={icon} small />}
      {children}
    </button>
  );
}

/** A square button with an icon; `label` is its name and its tooltip. */
export function IconButton(props: {
  icon: IconName;
  label: string;
  class?: string;
  mirror?: boolean;
  pressed?: boolean;
  disabled?: boolean;
  /** It opens a menu, which is open or not. */
  expanded?: boolean;
  /** Keys that do the same, as `aria-keyshortcuts` writes them. */
  shortcut?: string;
  onClick?: (event: MouseEvent) => void;
}) {
  return (
    <button
      type="button"
      class={`icon-button ${props.class ?? ""}`}
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      aria-haspopup={props.expanded === undefined ? undefined : "menu"}
      aria-expanded={props.expanded}
      aria-keyshortcuts={props.shortcut}
      disabled={props.disabled ?? false}
      onClick={props.onClick}
    >
      <Icon name={props.icon} mirror={props.mirror ?? false} />
    </button>
  );
}
