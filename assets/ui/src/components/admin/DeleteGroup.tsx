/** Asks for a group's name and one's own password before it is deleted for good. */

import { useState } from "preact/hooks";
import type { AdminGroup } from "../../lib/administration";
import { t } from "../../lib/text";
import { confirmPassword, deleteGroup } from "../../hooks/useAdmin";
import { useTask } from "../../hooks/useTask";
import { toast } from "../../hooks/useToast";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { Field } from "../Field";
import { OwnPassword } from "../OwnPassword";

const same = (one: string, other: string) => one.normalize("NFC").trim() === other.normalize("NFC").trim();

/** The button works once both stand there; `onDone` is called when the group is gone. */
export function DeleteGroup({ group, onDone, onClose }: { group: AdminGroup; onDone(): void; onClose(): void }) {
  const [typed, setTyped] = useState("");
  const [password, setPassword] = useState("");
  const task = useTask();
  const { title } = group;
  const sure = same(typed, title) && password !== "";
  const remove = async () => {
    const work = async () => (await confirmPassword(password, "delete-group"), await deleteGroup(group.id));
    if (!sure || !(await task.run(work))) return;
    toast({ text: t("groups.deletedNow", { title }) });
    onDone();
    onClose();
  };
  return (
    <Dialog title={t("groups.deleteFor", { title })} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void remove();
        }}
      >
        <p class="ask">{t("groups.deleteText", { n: group.memberCount })}</p>
        <Field label={t("groups.deleteType", { title })} value={typed} onInput={setTyped} autofocus />
        <OwnPassword value={password} onInput={setPassword} task={task} />
        <div class="actions">
          <Button kind="fault" type="submit" busy={task.busy} disabled={!sure}>
            {t("groups.delete")}
          </Button>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
