/** The dialog that starts a conversation: one person makes it direct, several make a group. */

import { useState } from "preact/hooks";
import "../lib/laterWords";
import { shortName } from "../lib/names";
import { joinNames, t } from "../lib/text";
import { LIMITS, type User } from "../lib/wire";
import { myId, session } from "../hooks/useAccount";
import { setRoomAvatar } from "../hooks/useAvatar";
import { startConversation } from "../hooks/useConversations";
import { useTask } from "../hooks/useTask";
import { AvatarPicker } from "./AvatarPicker";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Field } from "./Field";
import { ErrorNote } from "./Notice";
import { PeoplePicker } from "./PeoplePicker";
import "../styles/details.css";

/** `onMade` gets the id of the conversation, new or found; `onInvite` leads to an invitation for who is not here. */
export function NewConversation({ onMade, onInvite, onClose }: { onMade(id: string): void; onInvite(): void; onClose(): void }) {
  const [chosen, setChosen] = useState<User[]>([]);
  const [title, setTitle] = useState("");
  const [picture, setPicture] = useState<Blob | null>(null);
  const [wanted, setWanted] = useState(false);
  const task = useTask();
  const group = chosen.length > 1 || wanted;
  const first = chosen[0];
  const own = session.value.user?.displayName ?? "";
  const byNames = suggestion([own, ...chosen.map((user) => user.displayName)]);
  const ready = group || first !== undefined;
  const start = () =>
    void task.run(async () => {
      const names = chosen.map((user) => user.username);
      const id = await startConversation(names, group ? title.trim() || byNames : null);
      // The group stands, whatever becomes of its picture.
      if (group && picture !== null) await setRoomAvatar(id, picture).catch(() => undefined);
      onMade(id);
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
        {group && <GroupFields title={title} name={title.trim() || byNames} error={task.field === "title" ? task.error : null} picture={picture} onTitle={setTitle} onPicture={setPicture} />}
        <PeoplePicker chosen={chosen} hide={new Set([myId()])} onChange={setChosen}>
          {session.value.user?.role === "admin" && (
            <Button kind="quiet" icon="link" onClick={onInvite}>
              {t("new.invite")}
            </Button>
          )}
        </PeoplePicker>
        <div class="dialog-foot">
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
        </div>
      </form>
    </Dialog>
  );
}

/** The face and the title of a group that is being made. */
function GroupFields(props: { title: string; name: string; error: string | null; picture: Blob | null; onTitle(title: string): void; onPicture(picture: Blob | null): void }) {
  const [url, setUrl] = useState<string | undefined>(undefined);
  const show = (next: Blob | null) => {
    if (url !== undefined) URL.revokeObjectURL(url);
    setUrl(next === null ? undefined : URL.createObjectURL(next));
    props.onPicture(next);
  };
  return (
    <>
      <AvatarPicker group id="new" name={props.name} url={url} onTake={async (next) => show(next)} onRemove={async () => show(null)} />
      <Field label={t("new.groupTitle")} value={props.title} onInput={props.onTitle} maxLength={LIMITS.title} hint={t("new.groupCalled", { title: props.name })} error={props.error} />
    </>
  );
}

/** What a group is called that nobody has named. */
function suggestion(names: readonly string[]): string {
  return [...joinNames(names.filter((name) => name !== "").map(shortName))].slice(0, LIMITS.title).join("");
}
