/** The devices one is signed in on, adding one, and ending them. */

import { useEffect, useState } from "preact/hooks";
import { deviceName } from "../lib/deviceName";
import { ago } from "../lib/time";
import { t } from "../lib/text";
import type { Session } from "../lib/wire";
import { endOtherSessions, endSession, getSessions } from "../hooks/useAccount";
import { useLoad } from "../hooks/useLoad";
import { newDevice } from "../hooks/useNewDevice";
import { useTask } from "../hooks/useTask";
import { AddDevice } from "./AddDevice";
import { Button } from "./Button";
import { Confirm } from "./Dialog";
import { ErrorNote } from "./Notice";

/** This device first; who signs in meanwhile appears. */
export function Devices() {
  const list = useLoad("sessions", getSessions);
  const task = useTask();
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Session | "others" | null>(null);
  const came = newDevice.value;
  useEffect(() => {
    if (came !== null) void list.reload();
  }, [came]);
  const sessions = [...(list.data?.sessions ?? [])].sort((a, b) => Number(b.current) - Number(a.current));
  const end = (work: () => Promise<unknown>) => void task.run(async () => (await work(), await list.reload()));
  const close = () => {
    setAdding(false);
    void list.reload();
  };
  return (
    <>
      <ErrorNote text={list.error ?? task.error} />
      <ul>
        {sessions.map((session) => (
          <li class="option" key={session.id}>
            <div>
              <span class="option-name">{deviceName(session.userAgent)}</span>
              <span class="hint">
                {t("common.both", {
                  a: session.current ? t("settings.thisDevice") : t("settings.used", { when: ago(session.lastUsedAt, Date.now()) }),
                  b: `\u2066${session.address}\u2069`,
                })}
              </span>
            </div>
            {!session.current && (
              <Button label={t("settings.endLabel", { device: deviceName(session.userAgent) })} onClick={() => setAsked(session)}>
                {t("settings.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div class="actions">
        <Button icon="plus" onClick={() => setAdding(true)}>
          {t("settings.add")}
        </Button>
        {sessions.length > 1 && (
          <Button kind="fault" busy={task.busy} onClick={() => setAsked("others")}>
            {t("settings.endOthers")}
          </Button>
        )}
      </div>
      {adding && <AddDevice onClose={close} />}
      {asked === "others" && (
        <Confirm title={t("settings.endOthers")} text={t("settings.endOthersAsk")} action={t("settings.end")} onYes={() => end(endOtherSessions)} onClose={() => setAsked(null)} />
      )}
      {asked !== null && asked !== "others" && (
        <Confirm
          title={t("settings.endLabel", { device: deviceName(asked.userAgent) })}
          text={t("settings.endAsk", { device: deviceName(asked.userAgent) })}
          action={t("settings.end")}
          onYes={() => end(() => endSession(asked.id))}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
