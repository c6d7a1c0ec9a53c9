/** Lets somebody keep more or less than others. */

import { useState } from "preact/hooks";
import type { Quota } from "../../lib/administration";
import { sizeText } from "../../lib/files";
import { countText, t } from "../../lib/text";
import type { User } from "../../lib/wire";
import { getStorage, putQuota } from "../../hooks/useAdmin";
import { useLoad } from "../../hooks/useLoad";
import { useTask } from "../../hooks/useTask";
import { toast } from "../../hooks/useToast";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { Dialog } from "../Dialog";
import { Field } from "../Field";
import { ErrorNote } from "../Notice";

const GIB = 1024 ** 3;
/** The most that the server takes: a pebibyte. */
const MOST = 1024 ** 2;

/** Somebody, what they keep and what they may. */
export interface Limited extends Quota {
  user: User;
  fileBytes: number;
}

/** `onDone` is called when it was changed. */
export function LimitDialog({ whose, onDone, onClose }: { whose: Limited; onDone(): void; onClose(): void }) {
  const { user, quota } = whose;
  const name = user.displayName;
  const [own, setOwn] = useState(whose.ownQuota);
  const [typed, setTyped] = useState(quota === null ? "" : String(Math.round((quota / GIB) * 100) / 100));
  const storage = useLoad("storage", getStorage);
  const everybodys = storage.data?.quota;
  const task = useTask();
  const save = async () => {
    const gib = Number(typed.trim().replace(",", "."));
    if (own && (typed.trim() === "" || !(gib >= 0 && gib <= MOST))) return task.refuse(t("limit.bad", { most: countText(MOST) }), "bytes");
    const bytes = own ? Math.round(gib * GIB) : null;
    if (!(await task.run(() => putQuota(user.id, bytes)))) return;
    toast({ text: bytes === null ? t("limit.unset", { name }) : t("limit.set", { name, size: sizeText(bytes) }) });
    onDone();
    onClose();
  };
  return (
    <Dialog title={t("limit.for", { name })} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p>{t("limit.text", { used: sizeText(whose.fileBytes) })}</p>
        <Choice
          label={t("limit.whose")}
          options={["everybody", "own"]}
          value={own ? "own" : "everybody"}
          onChange={(next) => setOwn(next === "own")}
          words={(each) =>
            each === "own" ? t("limit.own") : t("limit.everybody", { size: everybodys === undefined ? "…" : everybodys === null ? t("admin.noQuota") : sizeText(everybodys) })
          }
        />
        {own && <Field label={t("limit.gib")} value={typed} onInput={setTyped} inputMode="decimal" error={task.field === "bytes" ? task.error : null} />}
        <ErrorNote text={task.field === "bytes" ? null : task.error} />
        <div class="actions">
          <Button kind="primary" type="submit" busy={task.busy}>
            {t("common.save")}
          </Button>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
