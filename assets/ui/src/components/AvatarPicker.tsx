/** Choosing a picture for oneself or for a group: the middle of it, looked at before it is taken. */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../lib/text";
import { cutSquare } from "../hooks/useAvatar";
import { useTask } from "../hooks/useTask";
import { Avatar } from "./Avatar";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ErrorNote } from "./Notice";

/** Whose picture it is, and what to do with the chosen one. */
export interface AvatarPickerProps {
  id: string;
  name: string;
  url: string | undefined;
  group?: boolean;
  onTake(picture: Blob): Promise<void>;
  onRemove(): Promise<void>;
}

/** The picture as it is, and the two things one can do about it. */
export function AvatarPicker(props: AvatarPickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const [cut, setCut] = useState<Blob | null>(null);
  const task = useTask();
  const choose = (file: File) =>
    void cutSquare(file).then(setCut, () => task.refuse(t("avatar.unreadable"), "file"));
  return (
    <div class="avatar-picker">
      <Avatar id={props.id} name={props.name} url={props.url} />
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) choose(file);
          event.currentTarget.value = "";
        }}
      />
      <div class="actions">
        <Button icon="image" onClick={() => input.current?.click()}>
          {t(props.url === undefined ? "avatar.choose" : "avatar.change")}
        </Button>
        {props.url !== undefined && (
          <Button kind="quiet" busy={task.busy} onClick={() => void task.run(props.onRemove)}>
            {t("avatar.remove")}
          </Button>
        )}
      </div>
      <ErrorNote text={task.error} />
      {cut !== null && <Preview {...props} picture={cut} onClose={() => setCut(null)} />}
    </div>
  );
}

function Preview(props: AvatarPickerProps & { picture: Blob; onClose(): void }) {
  const { picture, onClose, group } = props;
  const [url, setUrl] = useState<string | undefined>(undefined);
  const task = useTask();
  useEffect(() => {
    const made = URL.createObjectURL(picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  const take = () => void task.run(() => props.onTake(picture)).then((done) => done && onClose());
  return (
    <Dialog title={t(group ? "avatar.groupTitle" : "avatar.title")} onClose={onClose}>
      <div class="stack">
        <div class="avatar-sizes">
          {(["large", "middle", "small"] as const).map((size) => (
            <span key={size} class={size}>
              <Avatar id={props.id} name={props.name} url={url} />
            </span>
          ))}
        </div>
        <p class="hint">{t(group ? "avatar.groupHint" : "avatar.hint")}</p>
        <ErrorNote text={task.error} />
        <div class="actions">
          <Button kind="primary" busy={task.busy} onClick={take}>
            {t("avatar.use")}
          </Button>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </div>
      </div>
    </Dialog>
  );
}
