/** Changing one's password. */

import { useState } from "preact/hooks";
import { t } from "../../lib/text";
import { changePassword, session } from "../../hooks/useAccount";
import { useTask } from "../../hooks/useTask";
import { Button } from "../Button";
import { PasswordField } from "../Field";
import { KeeperName, NewPassword } from "../NewPassword";
import { ErrorNote } from "../Notice";
import { Section } from "./Section";

/** `/settings/password` */
export function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [done, setDone] = useState(false);
  const task = useTask();
  const { username = "", displayName = "" } = session.value.user ?? {};
  const change = async () => {
    const changed = await task.run(() => changePassword(current, next));
    setDone(changed);
    if (!changed) return;
    setCurrent("");
    setNext("");
  };
  // Which of the two was wrong is known: only the current one is looked up.
  const field = task.code === "invalid_credentials" ? "currentPassword" : task.field;
  const error = task.code === "invalid_credentials" ? t("settings.currentWrong") : task.error;
  const about = (each: string) => (field === each ? error : null);
  const known = field === "currentPassword" || field === "newPassword";
  return (
    <Section part="password" title="settings.password">
      <form
        class="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <KeeperName username={username} />
        <PasswordField label={t("settings.current")} value={current} onInput={setCurrent} autocomplete="current-password" error={about("currentPassword")} />
        <NewPassword label={t("settings.next")} value={next} onInput={setNext} whose={[username, displayName]} error={about("newPassword")} />
        <ErrorNote text={known ? null : task.error} />
        <div class="actions">
          <Button type="submit" busy={task.busy} disabled={current === "" || next === ""}>
            {t("settings.change")}
          </Button>
          <span class="hint" role="status">
            {done && t("settings.changed")}
          </span>
        </div>
      </form>
    </Section>
  );
}
