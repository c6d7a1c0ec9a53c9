/** Who can come in, who is in, and who may look after the server. */

import { useState } from "preact/hooks";
import { longDay } from "../../lib/time";
import { t } from "../../lib/text";
import type { Invite, User } from "../../lib/wire";
import { myId } from "../../hooks/useAccount";
import { endSessionsOf, getPeople, usePages } from "../../hooks/useAdmin";
import { useLoad } from "../../hooks/useLoad";
import { deleteInvite, getInvites } from "../../hooks/usePeople";
import { useTask } from "../../hooks/useTask";
import { Avatar } from "../Avatar";
import { Button } from "../Button";
import { Confirm } from "../Dialog";
import { InviteDialog } from "../InviteDialog";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";

/** `/admin/security` */
export function Security() {
  return (
    <>
      <Invitations />
      <Section part="admins" title="admin.admins">
        <p class="hint">{t("admin.adminsHint")}</p>
        <Sessions role="admin" />
      </Section>
      <Section part="sessions" title="admin.sessions">
        <p class="hint">{t("admin.sessionsHint")}</p>
        <Sessions role="member" />
      </Section>
    </>
  );
}

function Invitations() {
  const list = useLoad("invites", getInvites);
  const [open, setOpen] = useState(false);
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
      <p class="hint">{t("admin.closed")}</p>
      <ErrorNote text={list.error ?? task.error} />
      {list.data !== null && invites.length === 0 && <p class="rest">{t("invite.none")}</p>}
      <ul>
        {invites.map((invite) => (
          <li class="option" key={invite.id}>
            <div>
              <code dir="ltr">{invite.link}</code>
              <span class="hint">
                {invite.maxUses === null ? t("invite.usedAny", { n: invite.uses }) : t("invite.used", { n: invite.uses, max: invite.maxUses })}
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
    </Section>
  );
}

/** On how many devices each is signed in, and ending all of it. */
function Sessions({ role }: { role: User["role"] }) {
  const [asked, setAsked] = useState<User | null>(null);
  const task = useTask();
  const list = usePages(role, async (cursor) => {
    const page = await getPeople("", role, cursor);
    return { items: page.people, next: page.next };
  });
  const end = (user: User) => void task.run(() => endSessionsOf(user.id)).then((done) => done && list.reload());
  return (
    <>
      <ErrorNote text={list.error ?? task.error} />
      {list.items?.length === 0 && <p class="rest">{t("admin.nobodyElse")}</p>}
      <ul class="accounts">
        {list.items?.map((user) => (
          <li class="keeper" key={user.id}>
            <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} />
            <b>
              <bdi>{user.displayName}</bdi>
            </b>
            <span class="num">{t("admin.devices", { n: user.sessions })}</span>
            <Button label={t("admin.signOutLabel", { name: user.displayName })} disabled={user.sessions === 0} onClick={() => setAsked(user)}>
              {t(user.id === myId() ? "admin.signOutOthers" : "admin.signOut")}
            </Button>
          </li>
        ))}
      </ul>
      {list.more && <Button onClick={list.loadMore}>{t("details.showMore")}</Button>}
      {asked !== null && (
        <Confirm
          title={t("admin.signOutLabel", { name: asked.displayName })}
          text={t("admin.signOutAsk", { name: asked.displayName })}
          action={t("admin.signOut")}
          onYes={() => end(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
