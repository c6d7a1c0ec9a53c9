/** Everyone with an account, for administrators: disabling, enabling, a new password. */

import { useState } from "preact/hooks";
import { ago } from "../lib/time";
import { t } from "../lib/text";
import { LIMITS, type User } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { presenceShape } from "../hooks/useConversations";
import { useLoad } from "../hooks/useLoad";
import { findUsers, patchUser, resetPassword } from "../hooks/usePeople";
import { useTask } from "../hooks/useTask";
import { Avatar } from "./Avatar";
import { Button } from "./Button";
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
      <h2>{t("people.title")}</h2>
      <Field label={t("people.search")} type="search" value={query} onInput={setQuery} />
      <ErrorNote text={list.error ?? task.error} />
      <ul class="people" aria-label={t("people.title")}>
        {(list.data?.users ?? []).map((user) => (
          <li class="person" key={user.id}>
            <Avatar id={user.id} name={user.displayName} presence={presenceShape(user)} />
            <span class="person-words">
              <b>{user.displayName}</b>
              <span>{describe(user)}</span>
            </span>
            {user.id !== myId() && (
              <span class="person-actions">
                <Button kind="quiet" label={t("people.resetLabel", { name: user.displayName })} onClick={() => setAsked({ what: "password", user })}>
                  {t("people.reset")}
                </Button>
                {user.disabled ? (
                  <Button label={t("people.enableLabel", { name: user.displayName })} onClick={() => setDisabled(user, false)}>
                    {t("people.enable")}
                  </Button>
                ) : (
                  <Button kind="fault" label={t("people.disableLabel", { name: user.displayName })} onClick={() => setAsked({ what: "disable", user })}>
                    {t("people.disable")}
                  </Button>
                )}
              </span>
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

function describe(user: User): string {
  const role = t(user.role === "admin" ? "people.admin" : "people.member");
  if (user.disabled) return `${user.username}, ${role}, ${t("people.disabled")}`;
  const here = presenceShape(user) === "here";
  const last = here ? t("people.now") : user.lastSeenAt === null ? t("people.never") : ago(user.lastSeenAt, Date.now());
  return `${user.username}, ${role}, ${t("people.lastHere").toLowerCase()}: ${last}`;
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
