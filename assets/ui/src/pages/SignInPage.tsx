/** Signing in, and the sentence that says why one has to. */

import { useState } from "preact/hooks";
import "../lib/laterWords";
import { at, BASE } from "../lib/base";
import { toUsername } from "../lib/names";
import { t } from "../lib/text";
import { getSetup, session, signIn } from "../hooks/useAccount";
import { useLoad } from "../hooks/useLoad";
import { useTask } from "../hooks/useTask";
import { Button } from "../components/Button";
import { Cover } from "../components/Cover";
import { Field, PasswordField } from "../components/Field";
import { ErrorNote } from "../components/Notice";

/** Whatever page was asked for opens after signing in; `?invite=CODE` leads back to that invitation. */
export function SignInPage() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const task = useTask();
  const { ended, registration } = session.value;
  const open = registration === "open";
  const errorAt = (field: string) => (task.field === field ? task.error : null);
  const server = useLoad("", () => getSetup("")).data;
  if (server?.needed) {
    return (
      <Cover serverName={server.serverName}>
        <h1>{t("signin.first")}</h1>
        <p class="lede">{t("signin.firstText")}</p>
      </Cover>
    );
  }
  return (
    <Cover serverName={server?.serverName}>
      {ended !== null && (
        <p class="ended" role="status">
          {t(ended)}
        </p>
      )}
      <h1>{t("signin.title")}</h1>
      <p class="lede">{t("signin.lede", { server: location.host + BASE })}</p>
      <form
        class="door-form"
        onSubmit={(event) => {
          event.preventDefault();
          const missing = name.trim() === "" ? "username" : password === "" ? "password" : null;
          if (missing !== null) return task.refuse(t(`signin.empty.${missing}`), missing);
          void task.run(() => signIn(toUsername(name), password));
        }}
      >
        <Field label={t("signin.name")} value={name} onInput={(typed) => (setName(typed), task.forget("username"))} autocomplete="username" autofocus error={errorAt("username")} />
        <PasswordField label={t("door.password")} value={password} onInput={(typed) => (setPassword(typed), task.forget("password"))} autocomplete="current-password" error={errorAt("password")} />
        <ErrorNote text={task.field === null ? task.error : null} />
        <div class="actions">
          <Button kind="primary" type="submit" busy={task.busy}>
            {t("signin.go")}
          </Button>
          {open && (
            <a class="button" href={at("/register")}>
              {t("signin.register")}
            </a>
          )}
        </div>
      </form>
      <p class="hint">
        {t(open ? "signin.forgot" : "signin.help")} <a href={at("/doctor")}>{t("doctor.title")}</a>
      </p>
    </Cover>
  );
}
