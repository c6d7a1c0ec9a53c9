/** The invitations that work, and taking them back. */

import { useState } from "preact/hooks";
import { longDay } from "../../lib/time";
import { t } from "../../lib/text";
import type { Invite } from "../../lib/wire";
import { useCopy } from "../../hooks/useCopy";
import { useLoad } from "../../hooks/useLoad";
import { deleteInvite, getInvites } from "../../hooks/usePeople";
import { useTask } from "../../hooks/useTask";
import { Button, IconButton } from "../Button";
import { Confirm } from "../Dialog";
import { TrustFirst } from "../InviteCard";
import { InviteDialog } from "../InviteDialog";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";

/** Withdrawing asks: a link that was handed out can't be made to work again. */
export function Invitations() {
  const list = useLoad("invites", getInvites);
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState<Invite | null>(null);
  const task = useTask();
  const invites = list.data?.invites ?? [];
  const withdraw = (invite: Invite) => void task.run(async () => (await deleteInvite(invite.id), await list.reload()));
  return (
    <Section
      part="invites"
      title="people.invites"
      aside={
        <Button icon="plus" onClick={() => setOpen(true)}>
          {t("invite.title")}
        </Button>
      }
    >
      <ErrorNote text={list.error ?? task.error} />
      {list.data !== null && invites.length === 0 && <p class="rest">{t("invite.none")}</p>}
      <ul>
        {invites.map((invite) => (
          <li class="option" key={invite.id}>
            <div>
              <code dir="ltr">{invite.code}</code>
              <span class="hint">
                {invite.maxUses === null ? t("invite.usedAny", { n: invite.uses }) : t("invite.used", { n: invite.uses, max: invite.maxUses })}
                {" "}
                {invite.expiresAt !== null && t("invite.until", { day: longDay(invite.expiresAt) })}
              </span>
            </div>
            <span class="option-acts">
              <CopyButton invite={invite} />
              <Button kind="fault" label={t("invite.revokeLabel", { code: invite.code })} onClick={() => setAsked(invite)}>
                {t("invite.revoke")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {list.data?.trustLink !== undefined && <TrustFirst link={list.data.trustLink} />}
      {asked !== null && (
        <Confirm
          title={t("invite.revokeLabel", { code: asked.code.slice(0, 8) })}
          text={t("entry.withdrawAsk")}
          action={t("invite.revoke")}
          onYes={() => withdraw(asked)}
          onClose={() => setAsked(null)}
        />
      )}
      {open && <InviteDialog onClose={() => setOpen(false)} onMade={() => void list.reload()} />}
    </Section>
  );
}

/** Says for a moment that it was done. */
function CopyButton({ invite: { code, link } }: { invite: Invite }) {
  const { copied, copy } = useCopy();
  return (
    <>
      <IconButton icon={copied ? "check" : "copy"} label={t("invite.copyLabel", { code })} onClick={() => copy(link)} />
      <span class="vh" role="status">
        {copied && t("invite.copied")}
      </span>
    </>
  );
}
