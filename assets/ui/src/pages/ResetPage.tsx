/** A link to a new password: for whom it is, and the form; one is signed in then. */

import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import "../lib/laterWords";
import { at } from "../lib/base";
import { t } from "../lib/text";
import { openSession } from "../hooks/useAccount";
import { getReset, postReset } from "../hooks/useAdmin";
import { useLoad } from "../hooks/useLoad";
import { useTask } from "../hooks/useTask";
import { useTitle } from "../hooks/useTitle";
import { Button } from "../components/Button";
import { Cover } from "../components/Cover";
import { KeeperName, NewPassword } from "../components/NewPassword";
import { ErrorNote } from "../components/Notice";

/** `/reset/:code` */
export function ResetPage() {
  useTitle(t("reset.title"));
  const code = useRoute().params["code"] ?? "";
  const { route } = useLocation();
  const state = useLoad(code, () => getReset(code));
  const [password, setPassword] = useState("");
  const task = useTask();
  if (state.error !== null || task.code === "reset_invalid") {
    return (
      <Cover>
        <h1>{t("reset.invalid")}</h1>
        <p class="lede">{state.code === "reset_invalid" || task.code === "reset_invalid" ? t("reset.invalidText") : state.error}</p>
        <div class="actions">
          <a class="button" href={at("/")}>
            {t("reset.signIn")}
          </a>
        </div>
      </Cover>
    );
  }
  if (state.data === null) return <Cover>{null}</Cover>;
  const { username, displayName, serverName } = state.data;
  const choose = async () => {
    await postReset(code, password);
    await openSession();
    route("/", true);
  };
  return (
    <Cover serverName={serverName}>
      <h1>{t("reset.for", { name: displayName })}</h1>
      <p class="lede">{t("reset.lede", { username })}</p>
      <form
        class="door-form"
        onSubmit={(event) => {
          event.preventDefault();
          void task.run(choose);
        }}
      >
        <KeeperName username={username} />
        <NewPassword
          label={t("settings.next")}
          value={password}
          onInput={setPassword}
          autofocus
          whose={[username, displayName]}
          error={task.field === "newPassword" ? task.error : null}
        />
        <ErrorNote text={task.field === "newPassword" ? null : task.error} />
        <div class="actions">
          <Button kind="primary" type="submit" busy={task.busy} disabled={password === ""}>
            {t("reset.go")}
          </Button>
        </div>
      </form>
    </Cover>
  );
}
