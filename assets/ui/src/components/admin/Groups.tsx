/** All groups from outside: how much they are used, never what is said in them. */

import type { AdminGroup } from "../../lib/administration";
import { at } from "../../lib/base";
import { sizeText } from "../../lib/files";
import { ago } from "../../lib/time";
import { t } from "../../lib/text";
import { getGroups, usePages } from "../../hooks/useAdmin";
import { Avatar } from "../Avatar";
import { Button } from "../Button";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";

/** `/admin/groups` */
export function Groups() {
  const list = usePages("groups", async (cursor) => {
    const page = await getGroups(cursor);
    return { items: page.groups, next: page.next };
  });
  return (
    <Section part="groups" title="admin.groups">
      <p class="hint">{t("admin.groupsHint")}</p>
      <ErrorNote text={list.error} />
      {list.items?.length === 0 && <p>{t("admin.noGroups")}</p>}
      <ul class="accounts" aria-label={t("admin.groups")}>
        {list.items?.map((group) => <GroupRow key={group.id} group={group} />)}
      </ul>
      {list.more && <Button onClick={list.loadMore}>{t("details.showMore")}</Button>}
    </Section>
  );
}

function GroupRow({ group }: { group: AdminGroup }) {
  const title = group.title || t("room.noTitle");
  return (
    <li class="account">
      <Avatar id={group.id} name={title} url={group.avatarUrl} />
      <span class="account-name">
        <b>{group.member ? <a href={at(`/conversations/${group.id}`)}>{title}</a> : <bdi>{title}</bdi>}</b>
        <span class="hint">{t(group.everyone ? "admin.everyone" : group.member ? "admin.member" : "admin.notMember")}</span>
      </span>
      <span class="account-fact">{t("room.people", { n: group.memberCount })}</span>
      <span class="account-fact">{t("admin.active", { when: ago(group.lastActivityAt, Date.now()) })}</span>
      <span class="account-fact num">{group.fileBytes === null ? t("admin.manyFiles") : group.fileBytes > 0 ? sizeText(group.fileBytes) : t("admin.noFiles")}</span>
      <span class="account-menu" />
    </li>
  );
}
