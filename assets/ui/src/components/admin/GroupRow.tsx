/** One group in the administration, with what can be done about it. */

import { useState } from "preact/hooks";
import type { AdminGroup } from "../../lib/administration";
import { at } from "../../lib/base";
import { sizeText } from "../../lib/files";
import { shortName } from "../../lib/names";
import { ago } from "../../lib/time";
import { joinNames, t } from "../../lib/text";
import { Avatar } from "../Avatar";
import { IconButton } from "../Button";
import { Menu, type MenuItem } from "../Menu";

/** What an administrator may ask for. */
export type GroupWish = "archive" | "owner" | "delete";

/** Facts in columns, actions in a menu. */
export function GroupRow({ group, onWish }: { group: AdminGroup; onWish(wish: GroupWish): void }) {
  const [open, setOpen] = useState(false);
  const title = group.title || t("room.noTitle");
  const label = t("list.menu", { title });
  const orphan = group.owners?.length === 0 && group.memberCount > 0;
  const items: MenuItem[] = [
    { icon: group.readOnly ? "unarchive" : "archive", words: t(group.readOnly ? "groups.open" : "groups.archive"), onChoose: () => onWish("archive") },
    ...(orphan ? [{ icon: "people", words: t("groups.giveOwner"), onChoose: () => onWish("owner") } as const] : []),
    ...(group.everyone ? [] : [{ icon: "bin", words: t("groups.delete"), fault: true, apart: true, onChoose: () => onWish("delete") } as const]),
  ];
  return (
    <li class="account">
      <Avatar id={group.id} name={shortName(title)} url={group.avatarUrl} />
      <span class="account-name">
        <b>{group.member ? <a href={at(`/conversations/${group.id}`)}>{title}</a> : <bdi>{title}</bdi>}</b>
        <span class="hint">
          {t(group.everyone ? "admin.everyone" : group.member ? "admin.member" : "admin.notMember")}
          {group.owners !== null && group.owners.length > 0 && `, ${t("groups.ownedBy", { names: joinNames(group.owners.slice(0, 2).map((each) => each.displayName)) })}`}
          {orphan && (
            <>
              , <span class="caution-words">{t("groups.noOwner")}</span>
            </>
          )}
        </span>
      </span>
      <span class="account-fact">
        {t("room.people", { n: group.memberCount })}
        {group.readOnly && <span class="account-mark">{t("groups.archived")}</span>}
      </span>
      <span class="account-fact">{t("admin.active", { when: ago(group.lastActivityAt, Date.now()) })}</span>
      <span class="account-fact num">{group.fileBytes === null ? t("admin.manyFiles") : group.fileBytes > 0 ? sizeText(group.fileBytes) : t("admin.noFiles")}</span>
      <span class="account-menu">
        <IconButton icon="more" label={label} expanded={open} onClick={() => setOpen(!open)} />
        {open && <Menu label={label} items={items} onClose={() => setOpen(false)} />}
      </span>
    </li>
  );
}
