/** Signing a further device in: a code for its camera, for as long as it works. */

import { useState } from "preact/hooks";
import { countdown } from "../lib/countdown";
import { deviceName } from "../lib/deviceName";
import { t } from "../lib/text";
import type { Handoff, SessionStart } from "../lib/wire";
import { endSession } from "../hooks/useAccount";
import { useHandoff } from "../hooks/useHandoff";
import { useTask } from "../hooks/useTask";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { CopyLink, QrCode } from "./InviteCard";
import { OwnPassword } from "./OwnPassword";
import { ErrorNote } from "./Notice";

/** Asks for the password first: who finds this page open gets no device of their own in. */
export function AddDevice({ onClose }: { onClose(): void }) {
  const link = useHandoff();
  return (
    <Dialog title={t("settings.add")} onClose={onClose}>
      {link.came !== null ? (
        <Came device={link.came} onClose={onClose} />
      ) : link.made !== null && link.left > 0 ? (
        <Code made={link.made} left={link.left} onClose={onClose} />
      ) : (
        <Ask again={link.made !== null} make={link.make} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Ask({ again, make, onClose }: { again: boolean; make(password: string): Promise<void>; onClose(): void }) {
  const [password, setPassword] = useState("");
  const task = useTask();
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void task.run(() => make(password));
      }}
    >
      {again && <p role="status">{t("settings.addOver")}</p>}
      <p>{t("settings.addAsk")}</p>
      <OwnPassword value={password} onInput={setPassword} task={task} autofocus />
      <div class="actions">
        <Button kind="primary" type="submit" busy={task.busy} disabled={password === ""}>
          {t("settings.addMake")}
        </Button>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
      </div>
    </form>
  );
}

function Code({ made, left, onClose }: { made: Handoff; left: number; onClose(): void }) {
  return (
    <div class="stack">
      <p>{t("settings.addScan")}</p>
      <div class="invite">
        <QrCode svg={made.qrSvg} label={t("settings.addQr")} />
        <div class="invite-words">
          <p class="hint num" role="timer">
            {t("settings.addLeft", { time: countdown(left) })}
          </p>
          <CopyLink link={made.link} />
        </div>
      </div>
      {made.trustLink !== undefined && (
        <p class="hint">
          {t("settings.addTrust")}{" "}
          <bdi class="address" dir="ltr">
            {made.trustLink}
          </bdi>
        </p>
      )}
      <div class="actions">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
      </div>
    </div>
  );
}

function Came({ device, onClose }: { device: SessionStart; onClose(): void }) {
  const task = useTask();
  const name = deviceName(device.userAgent);
  return (
    <div class="stack">
      <p role="status">{t("settings.addDone", { device: name })}</p>
      <p class="hint">
        {t("settings.addFrom")} <bdi dir="ltr">{device.address}</bdi>
      </p>
      <ErrorNote text={task.error} />
      <div class="actions">
        <Button kind="primary" onClick={onClose}>
          {t("common.close")}
        </Button>
        <Button kind="fault" busy={task.busy} onClick={() => void task.run(async () => (await endSession(device.sessionId), onClose()))}>
          {t("settings.endLabel", { device: name })}
        </Button>
      </div>
    </div>
  );
}
