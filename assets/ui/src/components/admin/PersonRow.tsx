/** One account in the administration, with what can be done about it. */

import { useState } from "preact/hooks";
import type { AdminPerson } from "../../lib/administration";
import { fullness, sizeText } from "../../lib/files";
import { t } from "../../lib/text";
import { myId } from "../../hooks/useAccount";
import { presenceShape, presenceText } from "../../hooks/useConversations";
import { Avatar } from "../Avatar";
import { IconButton } from "../Button";
import { Menu, type MenuItem } from "../Menu";

/** What an administrator may ask for. */
export type Wish = "promote" | "demote" | "link" | "limit" | "signOut" | "disable" | "enable";

/** Facts in columns, actions in a menu. */
export function PersonRow({ person, onWish }: { person: AdminPerson; onWish(wish: Wish): void }) {
  const [open, setOpen] = useState(false);
  const name = person.displayName;
  const own = person.id === myId();
  const wish = (what: Wish) => () => onWish(what);
  const admin = person.role === "admin";
  const full = person.fileBytes > 0 ? fullness(person.fileBytes, person.quota) : "free";
  const items: MenuItem[] = [
    { icon: "lock", words: t("admin.link"), onChoose: wish("link") },
    { icon: "file", words: t("limit.title"), onChoose: wish("limit") },
    { icon: "signOut", words: t("admin.signOut"), onChoose: wish("signOut") },
    { icon: "people", words: t(admin ? "admin.demote" : "admin.promote"), onChoose: wish(admin ? "demote" : "promote") },
    person.disabled
      ? { icon: "check", words: t("people.enable"), onChoose: wish("enable") }
      : { icon: "close", words: t("people.disable"), fault: true, onChoose: wish("disable") },
  ];
  return (
    <li class={`account${person.disabled ? " off" : ""}`}>
      <Avatar id={person.id} name={name} url={person.avatarUrl} presence={presenceShape(person)} />
      <span class="account-name">
        <b>
          <bdi>{name}</bdi>
        </b>
        <span class="hint">
          <bdi>{person.username}</bdi>
        </span>
      </span>
      <span class="account-fact">{t(person.disabled ? "people.disabled" : admin ? "people.admin" : "people.member")}</span>
      <span class="account-fact">{presenceText(person)}</span>
      <span class="account-fact num">
        {person.fileBytes > 0 ? sizeText(person.fileBytes) : t("admin.noFiles")}
        {full !== "free" && <span class="account-mark caution-words">{t(full === "full" ? "limit.full" : "limit.near")}</span>}
      </span>
      <span class="account-menu">
        {!own && <IconButton icon="more" label={t("details.change", { name })} expanded={open} onClick={() => setOpen(!open)} />}
        {open && <Menu label={t("details.change", { name })} items={items} onClose={() => setOpen(false)} />}
      </span>
    </li>
  );
}
