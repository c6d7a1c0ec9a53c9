/** Form fields with label, hint and error tied together for every reader. */

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../lib/text";
import { strengthOf } from "../lib/password";
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
  inputMode?: "text" | "decimal";
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
          inputMode={props.inputMode}
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

/** A password with a button that shows it, and a word when capitals are locked; `least` adds how strong it is. */
export function PasswordField(props: Omit<FieldProps, "type" | "after"> & { least?: number; names?: readonly string[] }) {
  const [shown, setShown] = useState(false);
  const [locked, setLocked] = useState(false);
  const { least, names, ...rest } = props;
  const look = (event: KeyboardEvent) => setLocked(event.getModifierState?.("CapsLock") ?? false);
  return (
    <div class="password" onKeyDown={look} onKeyUp={look} onFocusOut={() => setLocked(false)}>
      <Field
        {...rest}
        type={shown ? "text" : "password"}
        after={
          <IconButton icon="eye" label={shown ? t("door.hide") : t("door.show")} pressed={shown} onClick={() => setShown(!shown)} />
        }
      />
      <p class="caps-lock" role="status">
        {locked && (
          <>
            <Icon name="alert" small />
            {t("door.capsLock")}
          </>
        )}
      </p>
      {least !== undefined && !props.error && <StrengthOf password={props.value} least={least} names={names ?? []} />}
    </div>
  );
}

/** Four bars and a word; said when one stops typing, not at each key. */
function StrengthOf({ password, least, names }: { password: string; least: number; names: readonly string[] }) {
  const { score, weakness } = strengthOf(password, least, names);
  const words = weakness === "short" || password === "" ? t("door.least", { n: least }) : weakness ? t(`door.weak.${weakness}`) : t(`door.strength.${score as 2 | 3 | 4}`);
  return (
    <div class={`strength${weakness && weakness !== "short" ? " weak" : ""}`}>
      {[1, 2, 3, 4].map((mark) => (
        <i key={mark} class={score >= mark ? "full" : ""} />
      ))}
      <span>{words}</span>
    </div>
  );
}
