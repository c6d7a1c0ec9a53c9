/** Makes an invitation: how long, for how many; then shows it. */

import { useState } from "preact/hooks";
import "../lib/laterWords";
import { t } from "../lib/text";
import { LIMITS, type Invite } from "../lib/wire";
import { postInvite } from "../hooks/usePeople";
import { useTask } from "../hooks/useTask";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { InviteCard } from "./InviteCard";
import { ErrorNote } from "./Notice";
import { Choice } from "./Choice";

const HOURS = [1, 24, 168, 720] as const;
const USES = [1, 5, 10, 50] as const;
const HOUR_WORDS = { 1: "invite.hour", 24: "invite.day", 168: "invite.week", 720: "invite.month" } as const;

/** For the server, or for one conversation with its title. */
export function InviteDialog(props: { conversation?: { id: string; title: string }; onClose(): void; onMade?(): void }) {
  const [hours, setHours] = useState<(typeof HOURS)[number]>(LIMITS.inviteHours);
  const [uses, setUses] = useState<(typeof USES)[number]>(LIMITS.inviteUses);
  const [invite, setInvite] = useState<Invite | null>(null);
  const task = useTask();
  const make = () =>
    void task.run(async () => {
      const bound = props.conversation ? { conversationId: props.conversation.id } : {};
      setInvite(await postInvite({ ...bound, expiresInHours: hours, maxUses: uses }));
      props.onMade?.();
    });
  return (
    <Dialog title={t("invite.title")} onClose={props.onClose}>
      {invite !== null ? (
        <div class="stack">
          <p>{t("invite.hint")}</p>
          <InviteCard invite={invite} title={props.conversation?.title} />
          <div class="actions">
            <Button onClick={() => setInvite(null)}>{t("invite.another")}</Button>
          </div>
        </div>
      ) : (
        <div class="stack">
          <Choice label={t("invite.hours")} options={HOURS} value={hours} onChange={(next) => setHours(next)} words={(each) => t(HOUR_WORDS[each])} />
          <Choice label={t("invite.max")} options={USES} value={uses} onChange={(next) => setUses(next)} words={(each) => String(each)} />
          <ErrorNote text={task.error} />
          <div class="actions">
            <Button kind="primary" busy={task.busy} onClick={make}>
              {t("invite.make")}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
