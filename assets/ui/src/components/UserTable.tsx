/** Everyone with an account, for administrators: disabling, enabling, a new password. */

import { useState } from "preact/hooks";
import { t } from "../lib/text";
import { LIMITS, type User } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { presenceShape, presenceText } from "../hooks/useConversations";
import { useLoad } from "../hooks/useLoad";
import { findUsers, patchUser, resetPassword } from "../hooks/usePeople";
import { useTask } from "../hooks/useTask";
import { Avatar } from "./Avatar";
import { Button, IconButton } from "./Button";
import { Confirm, Dialog } from "./Dialog";
import { Field, PasswordField } from "./Field";
import { ErrorNote } from "./Notice";

/** A searchable list; 100 at most are shown. */
export function UserTable() {
  const [query, setQuery] = useState("");
  const list = useLoad(query, () => findUsers(query.trim(), 100));
  const [asked, setAsked] = useState<{ what: "disable" | "password"; user: User } | null>(null);
  const task = useTask();
  const close = () => setAsked(null);
  const setDisabled = (user: User, disabled: boolean) =>
    void task.run(async () => (await patchUser(user.id, { disabled }), await list.reload()));
  return (
    <section>
      <Field label={t("people.search")} type="search" value={query} onInput={setQuery} />
      <ErrorNote text={list.error ?? task.error} />
      <ul class="people" aria-label={t("people.title")}>
        {(list.data?.users ?? []).map((user) => (
          <li class="person" key={user.id}>
            <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} presence={presenceShape(user)} />
            <span class="person-words">
              <b>{user.displayName}</b>
              <span>{describe(user)}</span>
            </span>
            {user.id !== myId() && (
              <UserActions
                user={user}
                onPassword={() => setAsked({ what: "password", user })}
                onDisable={() => setAsked({ what: "disable", user })}
                onEnable={() => setDisabled(user, false)}
              />
            )}
          </li>
        ))}
      </ul>
      {asked?.what === "disable" && (
        <Confirm
          title={t("people.disableLabel", { name: asked.user.displayName })}
          text={t("people.disableAsk", { name: asked.user.displayName })}
          action={t("people.disable")}
          onYes={() => setDisabled(asked.user, true)}
          onClose={close}
        />
      )}
      {asked?.what === "password" && <ResetPassword user={asked.user} onClose={close} />}
    </section>
  );
}

function UserActions(props: { user: User; onPassword(): void; onDisable(): void; onEnable(): void }) {
  const name = props.user.displayName;
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton icon="more" label={t("details.change", { name })} pressed={open} onClick={() => setOpen(!open)} />
      {open && (
        <span class="person-actions">
          <Button label={t("people.resetLabel", { name })} onClick={props.onPassword}>
            {t("people.reset")}
          </Button>
          {props.user.disabled ? (
            <Button label={t("people.enableLabel", { name })} onClick={props.onEnable}>
              {t("people.enable")}
            </Button>
          ) : (
            <Button kind="fault" label={t("people.disableLabel", { name })} onClick={props.onDisable}>
              {t("people.disable")}
            </Button>
          )}
        </span>
      )}
    </>
  );
}

function describe(user: User): string {
  const role = t(user.role === "admin" ? "people.admin" : "people.member");
  return [user.username, role, user.disabled ? t("people.disabled") : presenceText(user)].join(", ");
}

function ResetPassword({ user, onClose }: { user: User; onClose(): void }) {
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const task = useTask();
  return (
    <Dialog title={t("people.resetLabel", { name: user.displayName })} onClose={onClose}>
      {done ? (
        <p role="status">{t("people.resetDone", { name: user.displayName })}</p>
      ) : (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void task.run(() => resetPassword(user.id, password)).then(setDone);
          }}
        >
          <PasswordField label={t("settings.next")} value={password} onInput={setPassword} autocomplete="new-password" least={LIMITS.passwordMin} error={task.error} autofocus />
          <div class="actions">
            <Button kind="primary" type="submit" busy={task.busy} disabled={password === ""}>
              {t("people.reset")}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
