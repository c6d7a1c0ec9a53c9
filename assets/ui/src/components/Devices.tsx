/** The devices one is signed in on, and ending them. */

import { deviceOf } from "../lib/device";
import { ago } from "../lib/time";
import { t } from "../lib/text";
import type { Session } from "../lib/wire";
import { endOtherSessions, endSession, getSessions } from "../hooks/useAccount";
import { useLoad } from "../hooks/useLoad";
import { useTask } from "../hooks/useTask";
import { Button } from "./Button";
import { ErrorNote } from "./Notice";

/** This device first. */
export function Devices() {
  const list = useLoad("sessions", getSessions);
  const task = useTask();
  const sessions = [...(list.data?.sessions ?? [])].sort((a, b) => Number(b.current) - Number(a.current));
  const end = (work: () => Promise<unknown>) => void task.run(async () => (await work(), await list.reload()));
  return (
    <>
      <ErrorNote text={list.error ?? task.error} />
      <ul>
        {sessions.map((session) => (
          <li class="option" key={session.id}>
            <div>
              <span class="option-name">{nameOf(session)}</span>
              <span class="hint">
                {session.current ? t("settings.thisDevice") : t("settings.used", { when: ago(session.lastUsedAt, Date.now()) })}
                {", "}
                <bdi dir="ltr">{session.address}</bdi>
              </span>
            </div>
            {!session.current && (
              <Button label={t("settings.endLabel", { device: nameOf(session) })} onClick={() => end(() => endSession(session.id))}>
                {t("settings.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <div class="actions">
          <Button kind="fault" busy={task.busy} onClick={() => end(endOtherSessions)}>
            {t("settings.endOthers")}
          </Button>
        </div>
      )}
    </>
  );
}

function nameOf(session: Session): string {
  const { browser, system } = deviceOf(session.userAgent);
  if (browser !== null && system !== null) return t("settings.device", { browser, system });
  return browser ?? system ?? t("settings.unknownDevice");
}
