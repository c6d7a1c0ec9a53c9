/** The sheet about a conversation: title, people, invitation, leaving; and everything that was sent in it. */

import { useState } from "preact/hooks";
import { shortName } from "../lib/names";
import { t } from "../lib/text";
import { LIMITS, type Conversation, type User } from "../lib/wire";
import { removeRoomAvatar, setRoomAvatar } from "../hooks/useAvatar";
import { addPeople, removePerson, renameRoom, titleOf } from "../hooks/useConversations";
import { myId } from "../hooks/useAccount";
import { useTask } from "../hooks/useTask";
import { AvatarPicker } from "./AvatarPicker";
import { Button } from "./Button";
import { Confirm, Dialog } from "./Dialog";
import { Field } from "./Field";
import { DocumentsPanel, PicturesPanel } from "./FilesPanel";
import { InviteDialog } from "./InviteDialog";
import { MemberList } from "./MemberList";
import { ErrorNote } from "./Notice";
import { PeoplePicker } from "./PeoplePicker";
import { Tabs } from "./Tabs";

const TABS = ["about", "pictures", "files"] as const;
type Tab = (typeof TABS)[number];

/** `admin`: may invite anywhere. `onLeft` is called when one has left, `onShow` to lead to a line. */
export interface DetailsProps {
  room: Conversation;
  admin: boolean;
  onClose(): void;
  onLeft(): void;
  onShow(seq: number): void;
}

/** People first; pictures and files are one tab away. */
export function Details(props: DetailsProps) {
  const { room } = props;
  const [tab, setTab] = useState<Tab>("about");
  return (
    <Dialog side title={room.isGroup ? titleOf(room) : t("details.title")} onClose={props.onClose}>
      <Tabs<Tab> label={t("files.tabs")} tabs={TABS} current={tab} words={(each) => t(`files.${each}`)} onChoose={setTab}>
        {tab === "about" && <About {...props} />}
        {tab === "pictures" && <PicturesPanel conversationId={room.id} onShow={props.onShow} />}
        {tab === "files" && <DocumentsPanel conversationId={room.id} onShow={props.onShow} />}
      </Tabs>
    </Dialog>
  );
}

function About(props: DetailsProps) {
  const { room } = props;
  const [open, setOpen] = useState<"add" | "invite" | "leave" | null>(null);
  const task = useTask();
  const owner = room.isGroup && room.memberRole === "owner";
  const leave = () => void task.run(() => removePerson(room.id, myId())).then((left) => left && props.onLeft());
  return (
    <>
      <div class="stack">
        {owner && (
          <AvatarPicker
            group
            id={room.id}
            name={shortName(titleOf(room))}
            url={room.avatarUrl}
            onTake={(picture) => setRoomAvatar(room.id, picture)}
            onRemove={() => removeRoomAvatar(room.id)}
          />
        )}
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
    </>
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
