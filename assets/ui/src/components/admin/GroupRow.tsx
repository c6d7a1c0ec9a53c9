/** One group in the administration, with what can be done about it. */

import { useState } from "preact/hooks";
import type { AdminGroup } from "../../lib/administration";
import { at } from "../../lib/base";
import { sizeText } from "../../lib/files";
import { shortName } from "../../lib/names";
import { ago } from "../../lib/time";
import { joinNames, t } from "../../lib/text";
import { myId } from "../../hooks/useAccount";
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
        <span class="hint sentence">{orphan ? <span class="caution-words">{about(group)}</span> : about(group)}</span>
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

/** Who is in it and who looks after it, in one sentence. */
function about({ everyone, member, memberCount, owners }: AdminGroup): string {
  const [a, b] = [everyone ? t("admin.everyone") : t(member ? "admin.member" : "admin.notMember"), keepers(owners, memberCount)];
  if (b === null) return a;
  return !everyone && owners?.some((each) => each.id === myId()) ? b : t("common.both", { a, b });
}

function keepers(owners: AdminGroup["owners"], memberCount: number): string | null {
  if (owners === null) return null;
  if (owners.length === 0) return memberCount > 0 ? t("groups.noOwner") : null;
  if (owners.some((each) => each.id === myId())) return t("groups.mine");
  return t("groups.ownedBy", { names: joinNames(owners.slice(0, 2).map((each) => each.displayName)) });
}
