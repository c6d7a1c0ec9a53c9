/** Something that is on or off. */

import { useId } from "preact/hooks";

/** `hint` says what it means. */
export function Switch(props: { label: string; hint?: string; on: boolean; disabled?: boolean; onChange(on: boolean): void }) {
  const id = useId();
  return (
    <label class="option" for={id}>
      <span class="option-name">
        {props.label}
        {props.hint && (
          <span class="hint" id={`${id}-hint`}>
            {props.hint}
          </span>
        )}
      </span>
      <input
        id={id}
        type="checkbox"
        role="switch"
        class="switch"
        checked={props.on}
        disabled={props.disabled ?? false}
        aria-label={props.label}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
