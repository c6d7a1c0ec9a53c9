/** What stands in the measure of a line: its words, its files, or that it was deleted. */

import { onlyEmoji } from "../lib/emojis";
import type { Line } from "../lib/lines";
import { percentText, t } from "../lib/text";
import { shareOf, uploadsOf } from "../hooks/useUploads";
import { editing } from "../hooks/useEditing";
import { isLong } from "../hooks/useFold";
import { Attachments, PendingFiles } from "./Attachments";
import { EditLine } from "./EditLine";
import { Icon } from "./Icon";
import { Fold } from "./Fold";
import { Markdown } from "./Markdown";

/** Words first, then what they speak of. One was led to a `marked` line. */
export function Words({ line, marked }: { line: Line; marked: boolean }) {
  if (line.deleted) {
    return (
      <p class="deleted">
        <Icon name="bin" small />
        {t("line.deleted")}
      </p>
    );
  }
  return (
    <>
      {line.id !== null && editing.value.has(line.id) ? <EditLine line={line} id={line.id} /> : line.content !== "" && <Said line={line} marked={marked} />}
      {line.attachments.length > 0 && <Attachments line={line} />}
      {line.uploads.length > 0 && <PendingFiles line={line} />}
    </>
  );
}

function Said({ line, marked }: { line: Line; marked: boolean }) {
  const words = <Markdown text={line.content} conversationId={line.conversationId} named={line.mentions} />;
  return <div class={`said${onlyEmoji(line.content) ? " large" : ""}`}>{isLong(line.content) ? <Fold id={line.key} marked={marked}>{words}</Fold> : words}</div>;
}

/** How far the files of a waiting line have come. */
export function UploadNote({ line, other }: { line: Line; other: string | undefined }) {
  const files = uploadsOf(line.uploads);
  if (files.every((file) => file.state === "done")) return <>{other}</>;
  if (files.every((file) => file.state === "paused" || file.state === "done")) return <>{t("line.paused")}</>;
  return <>{t("line.uploading", { percent: percentText(shareOf(files)) })}</>;
}
