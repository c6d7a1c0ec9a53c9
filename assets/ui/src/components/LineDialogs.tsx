/** What is asked or shown about one line: whether to delete it, and what it said before. */

import { explain } from "../lib/failure";
import { exact, stamp } from "../lib/time";
import { t } from "../lib/text";
import { deleteLine, historyOf } from "../hooks/useEditing";
import type { LineDialog, LineTarget } from "../hooks/useLineActions";
import { useLoad } from "../hooks/useLoad";
import { toast } from "../hooks/useToast";
import { Confirm, Dialog } from "./Dialog";
import { ErrorNote } from "./Notice";

/** Open while it is rendered. */
export function LineDialogs({ dialog, target: { line }, onClose }: { dialog: LineDialog; target: LineTarget; onClose(): void }) {
  const id = line.id ?? "";
  if (dialog === "history") return <History id={id} onClose={onClose} />;
  return (
    <Confirm
      title={t("line.deleteTitle")}
      text={t(line.attachments.length > 0 ? "line.deleteFilesAsk" : "line.deleteAsk")}
      action={t("line.delete")}
      onYes={() => void deleteLine(id).catch((error: unknown) => toast({ text: explain(error) }))}
      onClose={onClose}
    />
  );
}

/** All that a line ever said, the newest first. */
function History({ id, onClose }: { id: string; onClose(): void }) {
  const { data, error } = useLoad(id, () => historyOf(id));
  return (
    <Dialog title={t("line.historyTitle")} onClose={onClose}>
      <ErrorNote text={error} />
      <ol class="versions" aria-busy={data === null && error === null}>
        {data?.toReversed().map(({ content, at }, index) => (
          <li key={data.length - index}>
            <time dateTime={at} title={exact(at)}>
              {index === 0 ? t("line.versionNow", { when: stamp(at, Date.now()) }) : stamp(at, Date.now())}
            </time>
            <p dir="auto">{content === "" ? t("line.noWords") : content}</p>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
