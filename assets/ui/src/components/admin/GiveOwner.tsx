/** Chooses who looks after a group from now on, where nobody is left who could. */

import type { AdminGroup, GroupMember } from "../../lib/administration";
import { t } from "../../lib/text";
import { getGroupMembers, putOwner, usePages } from "../../hooks/useAdmin";
import { useTask } from "../../hooks/useTask";
import { toast } from "../../hooks/useToast";
import { Avatar } from "../Avatar";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { ErrorNote } from "../Notice";

/** Those whose accounts are enabled can be chosen; `onDone` is called when somebody was. */
export function GiveOwner({ group, onDone, onClose }: { group: AdminGroup; onDone(): void; onClose(): void }) {
  const { title } = group;
  const task = useTask();
  const list = usePages(group.id, async (cursor) => {
    const page = await getGroupMembers(group.id, cursor);
    return { items: page.members, next: page.next };
  });
  const able = list.items?.filter((each) => !each.disabled) ?? [];
  const choose = async (member: GroupMember) => {
    if (!(await task.run(() => putOwner(group.id, member.id)))) return;
    toast({ text: t("groups.ownerGiven", { name: member.displayName, title }) });
    onDone();
    onClose();
  };
  return (
    <Dialog title={t("groups.giveOwnerFor", { title })} onClose={onClose}>
      <div class="stack">
        <p>{t("groups.giveOwnerText")}</p>
        <ErrorNote text={list.error ?? task.error} />
        {list.items !== null && able.length === 0 && !list.more && <p class="rest">{t("groups.nobodyLeft")}</p>}
        <ul class="accounts" aria-label={t("people.title")}>
          {able.map((member) => (
            <li class="keeper" key={member.id}>
              <Avatar id={member.id} name={member.displayName} url={member.avatarUrl} />
              <span class="account-name">
                <b>
                  <bdi>{member.displayName}</bdi>
                </b>
                <span class="hint">
                  <bdi>{member.username}</bdi>
                </span>
              </span>
              <Button label={t("groups.chooseLabel", { name: member.displayName })} onClick={() => void choose(member)}>
                {t("groups.choose")}
              </Button>
            </li>
          ))}
        </ul>
        {list.more && <Button onClick={list.loadMore}>{t("details.showMore")}</Button>}
      </div>
    </Dialog>
  );
}
