/** The one form that makes an account: a name and a password. Used by setup and by invitations. */

import { useRef, useState } from "preact/hooks";
import { countChars, toUsername } from "../lib/names";
import { t } from "../lib/text";
import { LIMITS } from "../lib/wire";
import type { Credentials } from "../hooks/useAccount";
import { useTask } from "../hooks/useTask";
import { Button } from "./Button";
import { Field } from "./Field";
import { NewPassword } from "./NewPassword";
import { ErrorNote } from "./Notice";

const NAME_FIELDS = ["displayName", "username"];

/** `submit` makes the account; what it rejects with is shown at the field it is about. */
export function NewAccount({ action, submit }: { action: string; submit(who: Credentials): Promise<unknown> }) {
  const [name, setName] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const [password, setPassword] = useState("");
  const task = useTask();
  const username = own ?? toUsername(name);
  const form = useRef<HTMLFormElement>(null);
  const openOwn = (value: string) => {
    setOwn(value);
    requestAnimationFrame(() => form.current?.querySelector<HTMLInputElement>("[autocomplete=username]")?.focus());
  };
  const send = async () => {
    if (name.trim() === "") return task.refuse(t("door.nameEmpty"), "displayName");
    if (username === "") return task.refuse(t("door.usernameEmpty"), "username"), openOwn("");
    if (countChars(password) < LIMITS.passwordMin) {
      return task.refuse(t("error.too_short", { n: LIMITS.passwordMin }), "password");
    }
    const done = await task.run(() => submit({ username, displayName: name.trim(), password }));
    if (!done) setOwn((before) => before ?? username);
  };
  const errorAt = (field: string) => (task.field === field ? task.error : null);
  const general = task.field !== null && [...NAME_FIELDS, "password"].includes(task.field) ? null : task.error;
  return (
    <form
      ref={form}
      class="door-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Field
        label={t("door.name")}
        value={name}
        onInput={(typed) => (setName(typed), task.forget("displayName", "username"))}
        autocomplete="name"
        autofocus
        maxLength={LIMITS.displayName}
        hint={own === null && username !== "" ? t("door.signInAs", { username }) : t("door.nameHint")}
        error={errorAt("displayName") ?? (own === null ? errorAt("username") : null)}
      />
      {own !== null && (
        <Field
          label={t("door.username")}
          value={own}
          onInput={(typed) => (setOwn(typed), task.forget("username"))}
          autocomplete="username"
          maxLength={LIMITS.username}
          hint={t("door.usernameHint")}
          error={errorAt("username")}
        />
      )}
      {own === null && username !== "" && (
        <Button kind="quiet" onClick={() => openOwn(username)}>
          {t("door.changeUsername")}
        </Button>
      )}
      <NewPassword label={t("door.password")} value={password} onInput={(typed) => (setPassword(typed), task.forget("password"))} whose={[name, username]} error={errorAt("password")} />
      <ErrorNote text={general} />
      <div class="actions">
        <Button kind="primary" type="submit" busy={task.busy}>
          {action}
        </Button>
        <span class="hint">{t("door.noMail")}</span>
      </div>
    </form>
  );
}
