/** One's own settings: name, paper and ink, password, devices, signing out. */

import { useState } from "preact/hooks";
import { t } from "../lib/text";
import { LIMITS } from "../lib/wire";
import { changePassword, rename, session, signOut, unsentCount, unsentFiles } from "../hooks/useAccount";
import { removeMyAvatar, setMyAvatar } from "../hooks/useAvatar";
import { CHOICES, pref, setPref, type Prefs } from "../hooks/usePref";
import { useTask } from "../hooks/useTask";
import { useTitle } from "../hooks/useTitle";
import { AvatarPicker } from "../components/AvatarPicker";
import { Button } from "../components/Button";
import { Choice } from "../components/Choice";
import { Confirm } from "../components/Dialog";
import { Devices } from "../components/Devices";
import { Field, PasswordField } from "../components/Field";
import { LanguageChoice } from "../components/LanguageChoice";
import { ErrorNote } from "../components/Notice";
import { SettingsFrame } from "../components/SettingsFrame";
import { Storage } from "../components/Storage";

/** `/settings` */
export function SettingsPage() {
  useTitle(t("settings.title"));
  return (
    <SettingsFrame title={t("settings.title")} current="settings">
      <You />
      <Appearance />
      <Password />
      <Storage />
      <Devices />
      <SignOut />
    </SettingsFrame>
  );
}

function You() {
  const user = session.value.user;
  const [name, setName] = useState(user?.displayName ?? "");
  const [saved, setSaved] = useState(false);
  const task = useTask();
  const changed = name.trim() !== "" && name.trim() !== user?.displayName;
  const save = () => void task.run(() => rename(name.trim())).then(setSaved);
  if (user === null) return null;
  return (
    <section>
      <h2>{t("settings.you")}</h2>
      <AvatarPicker id={user.id} name={user.displayName} url={user.avatarUrl} onTake={setMyAvatar} onRemove={removeMyAvatar} />
      <form
        class="you"
        onSubmit={(event) => {
          event.preventDefault();
          if (changed) save();
        }}
      >
        <Field
          label={t("settings.name")}
          value={name}
          onInput={(value) => {
            setName(value);
            setSaved(false);
          }}
          maxLength={LIMITS.displayName}
          hint={saved && !changed ? t("settings.saved") : t("door.signInAs", { username: user.username })}
          error={task.error}
          autocomplete="name"
        />
        <Button type="submit" busy={task.busy} disabled={!changed}>
          {t("settings.save")}
        </Button>
      </form>
    </section>
  );
}

const PEN = "M2 13c4-10 7-11 8-8s-4 10 0 8 6-12 9-9-3 11 1 9 6-11 9-9-3 10 1 9 5-5 8-8";

function Appearance() {
  return (
    <section>
      <h2>{t("settings.appearance")}</h2>
      <LanguageChoice />
      <Choice label={t("settings.paper")} options={CHOICES.theme} value={pref("theme").value} onChange={(next) => setPref("theme", next)} words={(each) => t(`settings.${each}`)} />
      <Choice
        label={t("settings.ink")}
        hint={t("settings.inkHint")}
        options={CHOICES.ink}
        value={pref("ink").value}
        onChange={(next) => setPref("ink", next)}
        words={(each) => t(`settings.${each}`)}
        draw={(each) => <Pen ink={each} />}
      />
      <div class="sample page-grid" aria-hidden="true">
        <SampleLine name={t("settings.sampleName")} text={t("settings.sampleTheirs")} />
        <SampleLine mine name={t("line.you")} text={t("settings.sampleYours")} />
      </div>
    </section>
  );
}

function Pen({ ink }: { ink: Prefs["ink"] }) {
  return (
    <svg class="pen" data-ink={ink} viewBox="0 0 40 18" aria-hidden="true">
      <path d={PEN} />
    </svg>
  );
}

function SampleLine({ name, text, mine }: { name: string; text: string; mine?: boolean }) {
  return (
    <div class={`msg page-grid start${mine ? " mine" : ""}`}>
      <div class="who">
        <b class="name">{name}</b>
      </div>
      <div class="words">
        <p>{text}</p>
      </div>
    </div>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [done, setDone] = useState(false);
  const task = useTask();
  const change = async () => {
    const changed = await task.run(() => changePassword(current, next));
    setDone(changed);
    if (!changed) return;
    setCurrent("");
    setNext("");
  };
  const about = (field: string) => (task.field === field ? task.error : null);
  const known = task.field === "currentPassword" || task.field === "newPassword";
  return (
    <section>
      <h2>{t("settings.password")}</h2>
      <form
        class="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <PasswordField label={t("settings.current")} value={current} onInput={setCurrent} autocomplete="current-password" error={about("currentPassword")} />
        <PasswordField label={t("settings.next")} value={next} onInput={setNext} autocomplete="new-password" least={LIMITS.passwordMin} error={about("newPassword")} />
        <ErrorNote text={known ? null : task.error} />
        <div class="actions">
          <Button type="submit" busy={task.busy} disabled={current === "" || next === ""}>
            {t("settings.change")}
          </Button>
          <span class="hint" role="status">
            {done && t("settings.changed")}
          </span>
        </div>
      </form>
    </section>
  );
}

function SignOut() {
  const [asked, setAsked] = useState(false);
  const task = useTask();
  const go = () => void task.run(signOut);
  return (
    <section>
      <ErrorNote text={task.error} />
      <Button icon="signOut" busy={task.busy} onClick={() => (unsentCount() + unsentFiles() > 0 ? setAsked(true) : go())}>
        {t("settings.signOut")}
      </Button>
      {asked && (
        <Confirm
          title={t("settings.signOut")}
          text={unsentCount() > 0 ? t("settings.signOutAsk", { n: unsentCount() }) : t("settings.signOutFiles", { n: unsentFiles() })}
          action={t("settings.signOut")}
          onYes={go}
          onClose={() => setAsked(false)}
        />
      )}
    </section>
  );
}
