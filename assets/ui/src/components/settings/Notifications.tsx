/** What this browser tells one about while one looks elsewhere. */

import { useState } from "preact/hooks";
import { t } from "../../lib/text";
import { showTest, usePermission, type Permission } from "../../hooks/useNotices";
import { CHOICES, pref, setPref } from "../../hooks/usePref";
import { useTask } from "../../hooks/useTask";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { Icon } from "../Icon";
import { ErrorNote } from "../Notice";
import { Switch } from "../Switch";
import { Section } from "./Section";

/** `/settings/notifications` */
export function Notifications() {
  const { permission, ask } = usePermission();
  const off = pref("notify").value === "off";
  return (
    <Section part="notifications" title="settings.notifications">
      <Allowed permission={permission} onAsk={ask} />
      <Choice
        label={t("settings.notify")}
        hint={t("settings.notifyHint")}
        options={CHOICES.notify}
        value={pref("notify").value}
        onChange={(next) => setPref("notify", next)}
        words={(each) => t(`settings.notify.${each}`)}
      />
      <Switch label={t("settings.notifyWords")} hint={t("settings.notifyWordsHint")} disabled={off} on={pref("notifyWords").value} onChange={(on) => setPref("notifyWords", on)} />
      <Switch label={t("settings.notifySound")} hint={t("settings.notifySoundHint")} disabled={off} on={pref("notifySound").value} onChange={(on) => setPref("notifySound", on)} />
    </Section>
  );
}

/** Whether the browser lets us, and what to do about it. */
function Allowed({ permission, onAsk }: { permission: Permission; onAsk(): Promise<void> }) {
  const [sent, setSent] = useState(false);
  const task = useTask();
  const test = () => void task.run(() => showTest(t("settings.testTitle"), t("settings.testBody"))).then(setSent);
  return (
    <div class="option">
      <div>
        <span class="option-name state">
          <Icon name={permission === "granted" ? "check" : permission === "default" ? "info" : "alert"} small />
          {t(`settings.permission.${permission}`)}
        </span>
        <span class="hint" role="status">
          {sent ? t("settings.testSent") : t(`settings.permission.${permission}Hint`)}
        </span>
        <ErrorNote text={task.error} />
      </div>
      {permission === "default" && (
        <Button kind="primary" busy={task.busy} onClick={() => void task.run(onAsk)}>
          {t("settings.permissionAsk")}
        </Button>
      )}
      {permission === "granted" && (
        <Button busy={task.busy} onClick={test}>
          {t("settings.test")}
        </Button>
      )}
    </div>
  );
}
