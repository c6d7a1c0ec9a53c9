/** What a line carries besides its words: pictures as a grid, films and recordings in place, the rest as cards. */

import { useState } from "preact/hooks";
import { isPicture, sizeText, stillFor, stillsOf } from "../lib/files";
import type { Line } from "../lib/lines";
import { isCalm } from "../lib/motion";
import { placeholderUrl } from "../lib/thumbhash";
import { t } from "../lib/text";
import type { Attachment } from "../lib/wire";
import { takeBack } from "../hooks/useThread";
import { sentPreview, shareOf, uploadsOf, type Upload } from "../hooks/useUploads";
import { Button } from "./Button";
import { Card, FileCard, FilmCard, SoundCard } from "./FileCard";
import { Lightbox } from "./Lightbox";
import { PictureGrid, type GridPicture } from "./PictureGrid";
import { Progress } from "./Progress";
import { Again, statusText } from "./Tray";

/** The files of a stored line. */
export function Attachments({ line }: { line: Line }) {
  const [open, setOpen] = useState<number | null>(null);
  const pictures = line.attachments.filter(isPicture);
  const others = line.attachments.filter((file) => !isPicture(file));
  return (
    <>
      <PictureGrid pictures={pictures.map(gridPicture)} onOpen={setOpen} />
      {others.map((file) => (
        <Other key={file.id} file={file} />
      ))}
      {open !== null && <Lightbox line={line} pictures={pictures} start={open} onClose={() => setOpen(null)} />}
    </>
  );
}

/** The files of a line that waits for them. */
export function PendingFiles({ line }: { line: Line }) {
  const files = uploadsOf(line.uploads);
  const pictures = files.filter((file) => file.preview !== null && file.state !== "failed");
  const others = files.filter((file) => !pictures.includes(file));
  return (
    <>
      <PictureGrid pictures={pictures.map(pendingPicture)} />
      {others.map((file) => (
        <Card key={file.id} icon={file.state === "failed" ? "alert" : "file"} name={file.name} about={statusText(file)} alert={file.state === "failed"}>
          <Again item={file} />
          {file.state !== "failed" && file.state !== "done" && <Progress share={shareOf([file])} label={t("tray.progress", { name: file.name })} />}
        </Card>
      ))}
      {line.failed === null && files.some((file) => file.state !== "done") && (
        <Button kind="quiet" onClick={() => takeBack(line.clientId ?? "")}>
          {t("line.takeBack")}
        </Button>
      )}
    </>
  );
}

function Other({ file }: { file: Attachment }) {
  if (file.kind === "video") return <FilmCard file={file} />;
  return file.kind === "audio" ? <SoundCard file={file} /> : <FileCard file={file} />;
}

/** Small moving pictures move; of the others the fitting still is loaded. */
const MOVING = 4 * 1024 * 1024;

function gridPicture(file: Attachment & { width: number; height: number }): GridPicture {
  const { id, name, width, height } = file;
  const moving = file.mime === "image/gif" && file.size <= MOVING && !isCalm();
  const own = sentPreview(id) ?? (moving ? file.url : undefined);
  const picture = { key: id, name, width, height, blur: placeholderUrl(file.placeholder) };
  return own === undefined ? { ...picture, src: stillFor(file, 320), srcset: stillsOf(file) } : { ...picture, src: own };
}

function pendingPicture(file: Upload): GridPicture {
  const share = file.state === "done" ? undefined : shareOf([file]);
  return { key: file.id, name: `${file.name}, ${sizeText(file.size)}`, src: file.preview ?? "", width: file.width ?? 1, height: file.height ?? 1, blur: "", share };
}
