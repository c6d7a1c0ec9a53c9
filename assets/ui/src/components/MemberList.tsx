/** The people of a conversation, with presence and roles; in large groups one looks for them by name. Owners can change both. */

import { useState } from "preact/hooks";
import { t } from "../lib/text";
import type { Conversation, Member } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { presenceShape, presenceText, removePerson, setRole, titleOf } from "../hooks/useConversations";
import { useCrowd } from "../hooks/useCrowd";
import { useTask } from "../hooks/useTask";
import { Avatar } from "./Avatar";
import { Button, IconButton } from "./Button";
import { Confirm } from "./Dialog";
import { Field } from "./Field";
import { ErrorNote } from "./Notice";
import { PersonButton } from "./PersonButton";

/** More people than this are looked for by name. */
const MANY = 12;

/** Everyone who is loaded, and a button for the rest. */
export function MemberList({ room, owner }: { room: Conversation; owner: boolean }) {
  const [query, setQuery] = useState("");
  const list = useCrowd(room, query.trim());
  const [asked, setAsked] = useState<Member | null>(null);
  const task = useTask();
  return (
    <>
      {room.memberCount > MANY && <Field label={t("details.find")} type="search" value={query} onInput={setQuery} />}
      <ul class="people" aria-label={t("details.members")} aria-busy={list.busy}>
        {list.shown.map((member) => (
          <li key={member.id} class="person">
            <PersonButton face id={member.id} name={member.displayName}>
              <Avatar id={member.id} name={member.displayName} url={member.avatarUrl} presence={presenceShape(member)} />
            </PersonButton>
            <span class="person-words">
              <PersonButton id={member.id} name={member.displayName}>
                <b>{member.displayName}</b>
              </PersonButton>
              <span>
                {stateOf(member, room)}
              </span>
            </span>
            {owner && member.id !== myId() && (
              <MemberActions member={member} onRole={(role) => void task.run(() => setRole(room.id, member.id, role))} onRemove={() => setAsked(member)} />
            )}
          </li>
        ))}
      </ul>
      {list.shown.length === 0 && !list.busy && <p class="hint">{t("details.nobody", { query: query.trim() })}</p>}
      {list.left > 0 && (
        <Button kind="quiet" busy={list.busy} onClick={list.more}>
          {t("details.more", { n: list.left })}. {t("details.showMore")}
        </Button>
      )}
      <ErrorNote text={list.error ?? task.error} />
      {asked !== null && (
        <Confirm
          title={t("details.removeWho", { name: asked.displayName })}
          text={t("details.removeAsk", { name: asked.displayName, title: titleOf(room) })}
          action={t("details.remove")}
          onYes={() => void task.run(() => removePerson(room.id, asked.id))}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

/** Whether they are here, and what they are. */
function stateOf(member: Member, room: Conversation): string {
  const here = member.id === myId() ? t("details.you") : presenceText(member);
  return room.isGroup && member.memberRole === "owner" ? t("common.both", { a: here, b: t("details.owner") }) : here;
}

/** Folded away until asked for, so that the list stays a list of people. */
function MemberActions(props: { member: Member; onRole(role: Member["memberRole"]): void; onRemove(): void }) {
  const { member } = props;
  const [open, setOpen] = useState(false);
  const owner = member.memberRole === "owner";
  return (
    <>
      <IconButton icon="more" label={t("details.change", { name: member.displayName })} pressed={open} onClick={() => setOpen(!open)} />
      {open && (
        <span class="person-actions">
          <Button onClick={() => props.onRole(owner ? "member" : "owner")}>{t(owner ? "details.makeMember" : "details.makeOwner")}</Button>
          <Button kind="fault" label={t("details.removeWho", { name: member.displayName })} onClick={props.onRemove}>
            {t("details.remove")}
          </Button>
        </span>
      )}
    </>
  );
}
