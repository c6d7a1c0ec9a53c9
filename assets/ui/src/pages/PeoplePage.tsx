/** Administration: who is here, and the invitations. */

import { useState } from "preact/hooks";
import { longDay } from "../lib/time";
import { t } from "../lib/text";
import type { Invite } from "../lib/wire";
import { session } from "../hooks/useAccount";
import { useLoad } from "../hooks/useLoad";
import { deleteInvite, getInvites } from "../hooks/usePeople";
import { useTask } from "../hooks/useTask";
import { useTitle } from "../hooks/useTitle";
import { Button } from "../components/Button";
import { InviteDialog } from "../components/InviteDialog";
import { ErrorNote } from "../components/Notice";
import { SettingsFrame } from "../components/SettingsFrame";
import { UserTable } from "../components/UserTable";

/** `/people` */
export function PeoplePage() {
  useTitle(t("people.title"));
  const admin = session.value.user?.role === "admin";
  return (
    <SettingsFrame title={t("people.title")} current="people">
      {admin ? (
        <>
          <UserTable />
          <Invitations />
        </>
      ) : (
        <p>{t("people.onlyAdmin")}</p>
      )}
    </SettingsFrame>
  );
}

function Invitations() {
  const list = useLoad("invites", getInvites);
  const [open, setOpen] = useState(false);
  const task = useTask();
  const invites = list.data?.invites ?? [];
  const withdraw = (invite: Invite) => void task.run(async () => (await deleteInvite(invite.id), await list.reload()));
  return (
    <section>
      <div class="section-head">
        <h2>{t("people.invites")}</h2>
        <Button icon="plus" onClick={() => setOpen(true)}>
          {t("invite.title")}
        </Button>
      </div>
      <ErrorNote text={list.error ?? task.error} />
      {list.data !== null && invites.length === 0 && <p class="hint">{t("invite.none")}</p>}
      <ul>
        {invites.map((invite) => (
          <li class="option" key={invite.id}>
            <div>
              <code dir="ltr">{invite.link}</code>
              <span class="hint">
                {invite.maxUses === null
                  ? t("invite.usedAny", { n: invite.uses })
                  : t("invite.used", { n: invite.uses, max: invite.maxUses })}
                {". "}
                {invite.expiresAt !== null && t("invite.until", { day: longDay(invite.expiresAt) })}
              </span>
            </div>
            <Button kind="fault" label={t("invite.revokeLabel", { code: invite.code })} onClick={() => withdraw(invite)}>
              {t("invite.revoke")}
            </Button>
          </li>
        ))}
      </ul>
      {open && <InviteDialog onClose={() => setOpen(false)} onMade={() => void list.reload()} />}
    </section>
  );
}
