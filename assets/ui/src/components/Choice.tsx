/** One of a few, side by side. Radio buttons underneath, so arrows and screen readers work. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** `draw` may add something before the words; `hint` explains the label. */
export function Choice<const T extends string | number>(props: {
  label: string;
  hint?: string;
  options: readonly T[];
  value: T;
  onChange(value: T): void;
  words(value: T): string;
  draw?(value: T): ComponentChildren;
}) {
  const name = useId();
  return (
    <fieldset class="option">
      <legend>
        {props.label}
        {props.hint && <span class="hint">{props.hint}</span>}
      </legend>
      <div class={props.draw ? "pens" : "segments"}>
        {props.options.map((option) => (
          <label key={option}>
            <input type="radio" name={name} checked={option === props.value} onChange={() => props.onChange(option)} />
            {props.draw?.(option)}
            <span>{props.words(option)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
