/** A link by which somebody chooses a new password: made when it is asked for, shown this once. */

import { useState } from "preact/hooks";
import type { ResetLink } from "../../lib/administration";
import { dayAndClock } from "../../lib/time";
import { t } from "../../lib/text";
import type { User } from "../../lib/wire";
import { postResetLink } from "../../hooks/useAdmin";
import { useTask } from "../../hooks/useTask";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { CopyLink, QrCode } from "../InviteCard";
import { ErrorNote } from "../Notice";

/** Says first what it does: whoever has the link gets into the account. */
export function ResetLinkDialog({ person, onClose }: { person: User; onClose(): void }) {
  const [made, setMade] = useState<ResetLink | null>(null);
  const task = useTask();
  const name = person.displayName;
  return (
    <Dialog title={t("admin.linkFor", { name })} onClose={onClose}>
      {made === null ? (
        <div class="stack">
          <p>{t("admin.linkAsk", { name })}</p>
          <ErrorNote text={task.error} />
          <div class="actions">
            <Button kind="primary" busy={task.busy} onClick={() => void task.run(async () => setMade(await postResetLink(person.id)))}>
              {t("admin.linkMake")}
            </Button>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
          </div>
        </div>
      ) : (
        <div class="stack">
          <p>{t("admin.linkMade", { name })}</p>
          <div class="invite">
            <QrCode svg={made.qrSvg} label={t("admin.linkQr")} />
            <div class="invite-words">
              <p class="hint">{t("admin.linkUntil", { when: dayAndClock(made.expiresAt) })}</p>
              <CopyLink link={made.link} />
            </div>
          </div>
        </div>
      )}
    </Dialog>
  );
}
