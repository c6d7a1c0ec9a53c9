/** Giving the space of deleted things back: how far it is, or the way to begin. */

import { useEffect } from "preact/hooks";
import type { AdminStorage } from "../../lib/administration";
import { sizeText } from "../../lib/files";
import { percentText, t } from "../../lib/text";
import { postCompaction } from "../../hooks/useAdmin";
import { useTask } from "../../hooks/useTask";
import { toast } from "../../hooks/useToast";
import { Button } from "../Button";
import { ErrorNote } from "../Notice";

/** How often it is looked at while it goes on, in ms. */
const LOOK = 2_000;
/** Less than this is not worth a button, in bytes. */
const LEAST = 1 << 20;

/** `onBegun` asks the server again. */
export function Compaction({ storage, onBegun }: { storage: AdminStorage; onBegun(): void }) {
  const { compaction, messages, messageRows } = storage;
  const task = useTask();
  useEffect(() => {
    if (compaction === null) return undefined;
    const timer = setTimeout(onBegun, LOOK);
    return () => clearTimeout(timer);
  }, [compaction]);
  if (compaction !== null) {
    const { copied, compared } = compaction;
    return (
      <div class="compaction" role="status">
        <p>{t("server.compacting")}</p>
        <p class="hint">{compared > 0 ? t("server.compared", { share: percentText(Math.min(1, compared / Math.max(1, copied))) }) : t("server.copied", { n: copied })}</p>
      </div>
    );
  }
  const dead = messageRows === null ? 0 : messages - messageRows;
  if (dead < LEAST) return null;
  const begin = () => void task.run(postCompaction).then((done) => done && (toast({ text: t("server.compactBegun") }), onBegun()));
  return (
    <div class="compaction">
      <p class="hint">{t("server.compactHint", { size: sizeText(dead) })}</p>
      <ErrorNote text={task.error} />
      <Button busy={task.busy} onClick={begin}>
        {t("server.compact")}
      </Button>
    </div>
  );
}
