/** All groups from outside: how much they are used, never what is said in them; archiving, deleting, giving an owner. */

import { useState } from "preact/hooks";
import type { AdminGroup } from "../../lib/administration";
import { t } from "../../lib/text";
import { getGroups, patchGroup, usePages } from "../../hooks/useAdmin";
import { useTask } from "../../hooks/useTask";
import { toast } from "../../hooks/useToast";
import { Button } from "../Button";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";
import { DeleteGroup } from "./DeleteGroup";
import { GiveOwner } from "./GiveOwner";
import { GroupRow, type GroupWish } from "./GroupRow";

/** `/admin/groups` */
export function Groups() {
  const [asked, setAsked] = useState<{ wish: "owner" | "delete"; group: AdminGroup } | null>(null);
  const task = useTask();
  const list = usePages("groups", async (cursor) => {
    const page = await getGroups(cursor);
    return { items: page.groups, next: page.next };
  });
  const close = () => setAsked(null);
  /** At once, with the way back. */
  const archive = (group: AdminGroup, readOnly: boolean) =>
    void task
      .run(() => patchGroup(group.id, readOnly))
      .then((done) => {
        if (!done) return;
        const text = t(readOnly ? "groups.archivedNow" : "groups.openNow", { title: group.title });
        toast({ text, action: { label: t("toast.undo"), run: () => archive(group, !readOnly) } });
        list.reload();
      });
  const start = (wish: GroupWish, group: AdminGroup) => (wish === "archive" ? archive(group, !group.readOnly) : setAsked({ wish, group }));
  return (
    <Section part="groups" title="admin.groups">
      <p class="hint">{t("admin.groupsHint")}</p>
      <ErrorNote text={list.error ?? task.error} />
      {list.items?.length === 0 && <p class="rest">{t("admin.noGroups")}</p>}
      <ul class="accounts" aria-label={t("admin.groups")}>
        {list.items?.map((group) => <GroupRow key={group.id} group={group} onWish={(wish) => start(wish, group)} />)}
      </ul>
      {list.more && <Button onClick={list.loadMore}>{t("details.showMore")}</Button>}
      {asked?.wish === "owner" && <GiveOwner group={asked.group} onDone={list.reload} onClose={close} />}
      {asked?.wish === "delete" && <DeleteGroup group={asked.group} onDone={list.reload} onClose={close} />}
    </Section>
  );
}
