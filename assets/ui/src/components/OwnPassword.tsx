/** One's own password, given again: an open page alone does not do what asks for it. */

import { t } from "../lib/text";
import { session } from "../hooks/useAccount";
import type { Task } from "../hooks/useTask";
import { PasswordField } from "./Field";
import { KeeperName } from "./NewPassword";
import { ErrorNote } from "./Notice";

/** `task` is what it is given for; what went wrong with that is said here. */
export function OwnPassword({ value, onInput, task, autofocus = false }: { value: string; onInput(value: string): void; task: Task; autofocus?: boolean }) {
  const wrong = task.code === "invalid_credentials";
  return (
    <>
      <KeeperName username={session.value.user?.username ?? ""} />
      <PasswordField label={t("settings.current")} value={value} onInput={onInput} autocomplete="current-password" autofocus={autofocus} error={wrong ? t("settings.currentWrong") : null} />
      <ErrorNote text={wrong ? null : task.error} />
    </>
  );
}
