/** Who can come in, who is in, and who may look after the server. */

import { useState } from "preact/hooks";
import { t } from "../../lib/text";
import type { User } from "../../lib/wire";
import { endSessionsOf, getPeople, usePages } from "../../hooks/useAdmin";
import { useTask } from "../../hooks/useTask";
import { Avatar } from "../Avatar";
import { Button, IconButton } from "../Button";
import { Confirm } from "../Dialog";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";
import { Entry } from "./Entry";
import { EverybodyOut } from "./EverybodyOut";
import { Invitations } from "./Invitations";

/** `/admin/security` */
export function Security() {
  return (
    <>
      <Entry />
      <Invitations />
      <Section part="admins" title="admin.admins">
        <p class="hint">{t("admin.adminsHint")}</p>
        <Sessions role="admin" />
      </Section>
      <Section part="sessions" title="admin.sessions" aside={<EverybodyOut />}>
        <p class="hint">{t("admin.sessionsHint")}</p>
        <Sessions role="member" />
      </Section>
    </>
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
            <IconButton icon="signOut" mirror label={t("admin.signOutLabel", { name: user.displayName })} disabled={user.sessions === 0} onClick={() => setAsked(user)} />
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
