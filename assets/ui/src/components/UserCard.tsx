/** Who somebody is: face, names, whether they are here, and the way to write to them. Beside what was pressed; on a phone a sheet. */

import { useLocation } from "preact-iso";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import "../lib/laterWords";
import { at } from "../lib/base";
import { shortName } from "../lib/names";
import { t } from "../lib/text";
import type { User } from "../lib/wire";
import { myId, session } from "../hooks/useAccount";
import { presenceShape, presenceText, startConversation, titleOf } from "../hooks/useConversations";
import { place } from "../hooks/useFloat";
import { useTask } from "../hooks/useTask";
import { card, usePerson } from "../hooks/useUserCard";
import { Avatar } from "./Avatar";
import { Button, IconButton } from "./Button";
import { ErrorNote } from "./Notice";
import "../styles/card.css";

/** More groups than these are not named. */
const GROUPS = 4;

/** The card that is open, if one is. */
export function UserCard() {
  const open = card.value;
  return open && <Card key={open.id} id={open.id} />;
}

function Card({ id }: { id: string }) {
  const box = useRef<HTMLDialogElement>(null);
  const title = useId();
  const person = usePerson(id);
  const { user } = person;
  const close = () => (card.value = null);
  useLayoutEffect(() => {
    const dialog = box.current;
    const anchor = card.peek()?.anchor;
    dialog?.showModal();
    if (dialog && anchor) place(dialog, anchor, "start");
    return () => dialog?.close();
  }, [user === null]);
  return (
    <dialog
      ref={box}
      class="person-card"
      aria-labelledby={title}
      onCancel={(event) => (event.preventDefault(), close())}
      onClick={(event) => event.target === box.current && close()}
    >
      <div class="person-card-page">
        <IconButton icon="close" class="person-card-close" label={t("common.close")} onClick={close} />
        <ErrorNote text={person.error} />
        <h2 id={title} class={user ? "" : "vh"}>
          {user?.displayName ?? t("card.title")}
        </h2>
        {user && <About user={user} />}
        {user && user.id !== myId() && <Groups rooms={person.groups} onGo={close} />}
        {user && <Actions user={user} onGo={close} />}
      </div>
    </dialog>
  );
}

function About({ user }: { user: User }) {
  return (
    <>
      <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} presence={user.disabled ? undefined : presenceShape(user)} />
      <p class="person-card-words">
        <bdi dir="ltr">@{user.username}</bdi>
        <span>{user.disabled ? t("card.disabled") : user.id === myId() ? t("details.you") : presenceText(user)}</span>
        {user.role === "admin" && <span>{t("people.admin")}</span>}
      </p>
    </>
  );
}

function Groups({ rooms, onGo }: { rooms: ReturnType<typeof usePerson>["groups"]; onGo(): void }) {
  if (rooms.length === 0) return null;
  return (
    <section class="person-card-groups">
      <h3>{t("card.groups")}</h3>
      <ul>
        {rooms.slice(0, GROUPS).map((room) => (
          <li key={room.id}>
            <a href={at(`/conversations/${room.id}`)} onClick={onGo}>
              {titleOf(room)}
            </a>
          </li>
        ))}
        {rooms.length > GROUPS && <li class="hint">{t("details.more", { n: rooms.length - GROUPS })}</li>}
      </ul>
    </section>
  );
}

function Actions({ user, onGo }: { user: User; onGo(): void }) {
  const { route } = useLocation();
  const task = useTask();
  const go = (to: string) => (onGo(), route(to));
  const write = () => void task.run(async () => go(`/conversations/${await startConversation([user.username], null)}`));
  return (
    <>
      <ErrorNote text={task.error} />
      <div class="actions">
        {user.id === myId() ? (
          <Button icon="gear" onClick={() => go("/settings")}>
            {t("me.settings")}
          </Button>
        ) : (
          !user.disabled && (
            <Button kind="primary" icon="pen" busy={task.busy} onClick={write}>
              {t("new.direct", { name: shortName(user.displayName) })}
            </Button>
          )
        )}
        {session.value.user?.role === "admin" && user.id !== myId() && (
          <Button kind="quiet" onClick={() => go("/admin/people")}>
            {t("card.admin")}
          </Button>
        )}
      </div>
    </>
  );
}
