/** The dialog that starts a conversation: one person makes it direct, several make a group. */

import { useState } from "preact/hooks";
import { shortName } from "../lib/names";
import { t } from "../lib/text";
import { LIMITS, type User } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { startConversation } from "../hooks/useConversations";
import { useTask } from "../hooks/useTask";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";
import { ErrorNote } from "./Notice";
import { PeoplePicker } from "./PeoplePicker";

/** `onMade` gets the id of the conversation, new or found. */
export function NewConversation({ onMade, onClose }: { onMade(id: string): void; onClose(): void }) {
  const [chosen, setChosen] = useState<User[]>([]);
  const [title, setTitle] = useState("");
  const [wanted, setWanted] = useState(false);
  const task = useTask();
  const group = chosen.length > 1 || wanted;
  const first = chosen[0];
  const ready = group ? title.trim() !== "" : first !== undefined;
  const start = () =>
    void task.run(async () => {
      const names = chosen.map((user) => user.username);
      onMade(await startConversation(names, group ? title.trim() : null));
    });
  const action = group ? t("new.create") : first ? t("new.direct", { name: shortName(first.displayName) }) : t("new.choose");
  return (
    <Dialog title={t("new.title")} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) start();
        }}
      >
        <PeoplePicker chosen={chosen} hide={new Set([myId()])} onChange={setChosen} />
        {group && (
          <Field
            label={t("new.groupTitle")}
            value={title}
            onInput={setTitle}
            maxLength={LIMITS.title}
            hint={t("new.groupHint")}
            error={task.field === "title" ? task.error : null}
          />
        )}
        {task.field !== "title" && <ErrorNote text={task.error} />}
        <div class="actions">
          <Button kind="primary" type="submit" busy={task.busy} disabled={!ready}>
            {action}
          </Button>
          {!group && (
            <Button kind="quiet" onClick={() => setWanted(true)}>
              {t("new.asGroup")}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
