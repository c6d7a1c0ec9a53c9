/** Form fields with label, hint and error tied together for every reader. */

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../lib/text";
import { countChars } from "../lib/names";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

/** A labelled line of text. */
export interface FieldProps {
  label: string;
  value: string;
  onInput(value: string): void;
  hint?: string | undefined;
  error?: string | null | undefined;
  type?: "text" | "password" | "search";
  autocomplete?: string;
  autofocus?: boolean;
  maxLength?: number;
  after?: JSX.Element;
}

/** Label above, field, then its error or its hint. */
export function Field(props: FieldProps) {
  const id = useId();
  const note = props.error ?? props.hint;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="field-box">
        <input
          id={id}
          type={props.type ?? "text"}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
          autocomplete={props.autocomplete ?? "off"}
          autocapitalize={props.type === "password" ? "none" : undefined}
          autofocus={props.autofocus}
          maxLength={props.maxLength}
          dir={props.value === "" ? undefined : "auto"}
          aria-invalid={props.error ? "true" : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {props.after}
      </div>
      {note && (
        <p id={`${id}-note`} class={props.error ? "error" : "hint"}>
          {props.error && <Icon name="alert" small />}
          {note}
        </p>
      )}
    </div>
  );
}

/** A password with a button that shows it; `least` adds a meter of its length in characters. */
export function PasswordField(props: Omit<FieldProps, "type" | "after"> & { least?: number }) {
  const [shown, setShown] = useState(false);
  const n = countChars(props.value);
  const { least, ...rest } = props;
  return (
    <div class="password">
      <Field
        {...rest}
        type={shown ? "text" : "password"}
        after={
          <IconButton icon="eye" label={shown ? t("door.hide") : t("door.show")} pressed={shown} onClick={() => setShown(!shown)} />
        }
      />
      {least !== undefined && !props.error && (
        <div class="strength">
          {[least, 12, 16, 20].map((mark) => (
            <i key={mark} class={n >= mark ? "full" : ""} />
          ))}
          <span>{n < least ? t("door.least", { n: least }) : t("door.length", { n })}</span>
        </div>
      )}
    </div>
  );
}
