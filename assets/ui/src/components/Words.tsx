/** What stands in the measure of a line: its words, its files, or that it was deleted. */

import type { Line } from "../lib/lines";
import { percentText, t } from "../lib/text";
import { shareOf, uploadsOf } from "../hooks/useUploads";
import { editing } from "../hooks/useEditing";
import { Attachments, PendingFiles } from "./Attachments";
import { EditLine } from "./EditLine";
import { Icon } from "./Icon";
import { Linkified } from "./Linkified";

/** Words first, then what they speak of. */
export function Words({ line }: { line: Line }) {
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
      {line.id !== null && editing.value === line.id ? <EditLine line={line} id={line.id} /> : line.content !== "" && <Linkified text={line.content} />}
      {line.attachments.length > 0 && <Attachments line={line} />}
      {line.uploads.length > 0 && <PendingFiles line={line} />}
    </>
  );
}

/** How far the files of a waiting line have come. */
export function UploadNote({ line, other }: { line: Line; other: string | undefined }) {
  const files = uploadsOf(line.uploads);
  if (files.every((file) => file.state === "done")) return <>{other}</>;
  if (files.every((file) => file.state === "paused" || file.state === "done")) return <>{t("line.paused")}</>;
  return <>{t("line.uploading", { percent: percentText(shareOf(files)) })}</>;
}
