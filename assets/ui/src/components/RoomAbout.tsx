/** What a conversation is: picture and title, what it tells one of, its people, inviting and leaving. */

import { useState } from "preact/hooks";
import { shortName } from "../lib/names";
import { t } from "../lib/text";
import { LIMITS, type Conversation, type User } from "../lib/wire";
import { removeRoomAvatar, setRoomAvatar } from "../hooks/useAvatar";
import { addPeople, removePerson, renameRoom, titleOf } from "../hooks/useConversations";
import { myId } from "../hooks/useAccount";
import { mute } from "../hooks/useRoomActions";
import { useTask } from "../hooks/useTask";
import { toast } from "../hooks/useToast";
import { AvatarPicker } from "./AvatarPicker";
import { Button } from "./Button";
import { Choice } from "./Choice";
import { Confirm } from "./Dialog";
import { Field } from "./Field";
import { InviteDialog } from "./InviteDialog";
import { MemberList } from "./MemberList";
import { ErrorNote } from "./Notice";
import { PeoplePicker } from "./PeoplePicker";

const NOISE = ["all", "mentions"] as const;

/** `admin`: may invite anywhere. `onLeft` is called when one has left. */
export function RoomAbout(props: { room: Conversation; admin: boolean; onLeft(): void }) {
  const { room } = props;
  const [open, setOpen] = useState<"add" | "invite" | null>(null);
  const owner = room.isGroup && room.memberRole === "owner";
  const changes = owner && !room.readOnly;
  return (
    <div class="stack">
      {room.readOnly && <p class="hint">{t("page.readOnly")}</p>}
      {changes && (
        <AvatarPicker
          group
          id={room.id}
          name={shortName(titleOf(room))}
          url={room.avatarUrl}
          onTake={(picture) => setRoomAvatar(room.id, picture)}
          onRemove={() => removeRoomAvatar(room.id)}
        />
      )}
      {changes && <Rename room={room} />}
      <Choice
        label={t("details.noise")}
        hint={t(room.muted ? "details.noiseMentions" : "details.noiseAll")}
        options={NOISE}
        value={room.muted ? "mentions" : "all"}
        onChange={(next) => void mute(room, next === "mentions")}
        words={(each) => t(`details.noise.${each}`)}
      />
      <section>
        <h3>{t("details.members")}</h3>
        <MemberList room={room} owner={owner} />
        {changes && open === "add" && <AddPeople room={room} onDone={() => setOpen(null)} />}
        <div class="actions">
          {changes && open !== "add" && (
            <Button icon="plus" onClick={() => setOpen("add")}>
              {t("details.add")}
            </Button>
          )}
          {room.isGroup && !room.readOnly && (owner || props.admin) && (
            <Button icon="link" onClick={() => setOpen("invite")}>
              {t("details.invite")}
            </Button>
          )}
        </div>
      </section>
      {room.isGroup && <Leave room={room} onLeft={props.onLeft} />}
      {open === "invite" && <InviteDialog conversation={{ id: room.id, title: titleOf(room) }} onClose={() => setOpen(null)} />}
    </div>
  );
}

/** Leaving, with what it means for oneself and for those who stay. */
function Leave({ room, onLeft }: { room: Conversation; onLeft(): void }) {
  const [asked, setAsked] = useState(false);
  const task = useTask();
  const title = titleOf(room);
  const owners = room.members.filter((member) => member.memberRole === "owner");
  const alone = room.memberCount === 1;
  const onlyOwner = room.memberRole === "owner" && owners.length === 1 && room.members.length === room.memberCount;
  const leave = async () => {
    if (!(await task.run(() => removePerson(room.id, myId())))) return;
    toast({ text: t("details.left", { title }) });
    onLeft();
  };
  return (
    <section>
      <ErrorNote text={task.error} />
      <Button kind="fault" icon="signOut" busy={task.busy} onClick={() => setAsked(true)}>
        {t("details.leave")}
      </Button>
      {asked && (
        <Confirm
          title={t("details.leave")}
          text={[t("details.leaveAsk", { title }), alone ? t("details.leaveLast") : onlyOwner ? t("details.leaveOwner") : ""].join(" ").trim()}
          action={t("details.leave")}
          onYes={() => void leave()}
          onClose={() => setAsked(false)}
        />
      )}
    </section>
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
