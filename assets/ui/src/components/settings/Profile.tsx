/** Who one is to others: picture and name; and what one's files take. */

import { useState } from "preact/hooks";
import { t } from "../../lib/text";
import { LIMITS } from "../../lib/wire";
import { rename, session } from "../../hooks/useAccount";
import { removeMyAvatar, setMyAvatar } from "../../hooks/useAvatar";
import { useTask } from "../../hooks/useTask";
import { AvatarPicker } from "../AvatarPicker";
import { Button } from "../Button";
import { Field } from "../Field";
import { Storage } from "../Storage";
import { Section } from "./Section";

/** `/settings/profile` */
export function Profile() {
  const user = session.value.user;
  if (user === null) return null;
  return (
    <Section part="profile" title="settings.you">
      <AvatarPicker id={user.id} name={user.displayName} url={user.avatarUrl} onTake={setMyAvatar} onRemove={removeMyAvatar} />
      <Name current={user.displayName} />
      <div class="option">
        <div>
          <span class="option-name">{t("door.username")}</span>
          <span class="hint">{t("settings.usernameHint")}</span>
        </div>
        <bdi class="fact">{user.username}</bdi>
      </div>
      <Storage />
    </Section>
  );
}

function Name({ current }: { current: string }) {
  const [name, setName] = useState(current);
  const [saved, setSaved] = useState(false);
  const task = useTask();
  const changed = name.trim() !== "" && name.trim() !== current;
  const save = () => void task.run(() => rename(name.trim())).then(setSaved);
  return (
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
        hint={saved && !changed ? t("settings.saved") : t("settings.nameHint")}
        error={task.error}
        autocomplete="name"
      />
      <Button type="submit" busy={task.busy} disabled={!changed}>
        {t("common.save")}
      </Button>
    </form>
  );
}
