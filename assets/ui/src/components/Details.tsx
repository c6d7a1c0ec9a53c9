/** The sheet about a group: title, people, invitation, leaving. */

import { useState } from "preact/hooks";
import { t } from "../lib/text";
import { LIMITS, type Conversation, type User } from "../lib/wire";
import { addPeople, removePerson, renameRoom, titleOf } from "../hooks/useConversations";
import { myId } from "../hooks/useAccount";
import { useTask } from "../hooks/useTask";
import { Button } from "./Button";
import { Confirm, Dialog } from "./Dialog";
import { Field } from "./Field";
import { InviteDialog } from "./InviteDialog";
import { MemberList } from "./MemberList";
import { ErrorNote } from "./Notice";
import { PeoplePicker } from "./PeoplePicker";

/** `admin`: may invite anywhere. `onLeft` is called when one has left. */
export function Details(props: { room: Conversation; admin: boolean; onClose(): void; onLeft(): void }) {
  const { room } = props;
  const [open, setOpen] = useState<"add" | "invite" | "leave" | null>(null);
  const task = useTask();
  const owner = room.isGroup && room.memberRole === "owner";
  const leave = () => void task.run(() => removePerson(room.id, myId())).then((left) => left && props.onLeft());
  return (
    <Dialog side title={room.isGroup ? titleOf(room) : t("details.title")} onClose={props.onClose}>
      <div class="stack">
        {owner && <Rename room={room} />}
        <section>
          <h3>{t("details.members")}</h3>
          <MemberList room={room} owner={owner} />
          {owner && open === "add" && <AddPeople room={room} onDone={() => setOpen(null)} />}
          <div class="actions">
            {owner && open !== "add" && (
              <Button icon="plus" onClick={() => setOpen("add")}>
                {t("details.add")}
              </Button>
            )}
            {room.isGroup && (owner || props.admin) && (
              <Button icon="link" onClick={() => setOpen("invite")}>
                {t("details.invite")}
              </Button>
            )}
          </div>
        </section>
        {room.isGroup && (
          <section>
            <ErrorNote text={task.error} />
            <Button kind="fault" icon="signOut" busy={task.busy} onClick={() => setOpen("leave")}>
              {t("details.leave")}
            </Button>
          </section>
        )}
      </div>
      {open === "invite" && <InviteDialog conversation={{ id: room.id, title: titleOf(room) }} onClose={() => setOpen(null)} />}
      {open === "leave" && (
        <Confirm
          title={t("details.leave")}
          text={t("details.leaveAsk", { title: titleOf(room) })}
          action={t("details.leave")}
          onYes={leave}
          onClose={() => setOpen(null)}
        />
      )}
    </Dialog>
  );
}

function Rename({ room }: { room: Conversation }) {
  const [title, setTitle] = useState(room.title ?? "");
  const task = useTask();
  const changed = title.trim() !== "" && title.trim() !== room.title;
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) void task.run(() => renameRoom(room.id, title.trim()));
      }}
    >
      <Field label={t("details.rename")} value={title} onInput={setTitle} maxLength={LIMITS.title} error={task.error} />
      <Button type="submit" busy={task.busy} disabled={!changed}>
        {t("details.save")}
      </Button>
    </form>
  );
}

function AddPeople({ room, onDone }: { room: Conversation; onDone(): void }) {
  const [chosen, setChosen] = useState<User[]>([]);
  const task = useTask();
  const add = () =>
    void task.run(() => addPeople(room.id, chosen.map((user) => user.username))).then((done) => done && onDone());
  return (
    <div class="stack boxed">
      <PeoplePicker chosen={chosen} hide={new Set(room.members.map((member) => member.id))} onChange={setChosen} />
      <ErrorNote text={task.error} />
      <div class="actions">
        <Button kind="primary" disabled={chosen.length === 0} busy={task.busy} onClick={add}>
          {t("details.addNow", { n: chosen.length })}
        </Button>
        <Button onClick={onDone}>{t("common.cancel")}</Button>
      </div>
    </div>
  );
}
