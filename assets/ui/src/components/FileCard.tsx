/** A file that is no picture: what it is called, what it is, and the way to save it. */

import type { ComponentChildren } from "preact";
import { useNear } from "../hooks/useFiles";
import { downloadUrl, sizeText, typeText } from "../lib/files";
import { placeholderUrl } from "../lib/thumbhash";
import { t } from "../lib/text";
import type { Attachment } from "../lib/wire";
import { FileName } from "./FileName";
import { Icon, type IconName } from "./Icon";

/** The frame of a card; `children` stand at its end. */
export function Card(props: { icon: IconName; name: string; about: string; alert?: boolean; children?: ComponentChildren }) {
  return (
    <div class="card">
      <Icon name={props.icon} />
      <span class="card-words">
        <FileName name={props.name} />
        <span class="num" role={props.alert ? "alert" : undefined}>
          {props.about}
        </span>
      </span>
      {props.children}
    </div>
  );
}

/** A card with its download. */
export function FileCard({ file }: { file: Attachment }) {
  const size = sizeText(file.size);
  return (
    <Card icon={file.kind === "image" ? "image" : "file"} name={file.name} about={t("file.about", { type: typeText(file), size })}>
      <Download file={file} />
    </Card>
  );
}

/** Saves a file under its own name. */
export function Download({ file }: { file: Attachment }) {
  const label = t("file.download", { name: file.name, size: sizeText(file.size) });
  return (
    <a class="icon-button" href={downloadUrl(file)} download={file.name} aria-label={label} title={label} target="_self">
      <Icon name="download" />
    </a>
  );
}

/** A film: plays where it stands, in a place that is kept for it. */
export function FilmCard({ file }: { file: Attachment }) {
  const [width, height] = [file.width ?? 16, file.height ?? 9];
  const scale = file.width === undefined ? 27 : Math.min(432 / width, 288 / height);
  const poster = placeholderUrl(file.placeholder);
  const { place, isNear } = useNear();
  return (
    <div class="media" ref={place}>
      <video
        src={file.url}
        controls
        playsInline
        preload={isNear ? "metadata" : "none"}
        poster={poster === "" ? undefined : poster}
        aria-label={t("file.play", { name: file.name })}
        style={{ width: `${Math.round(width * scale)}px`, aspectRatio: `${width} / ${height}` }}
      />
      <MediaLine file={file} />
    </div>
  );
}

/** A recording: plays where it stands. */
export function SoundCard({ file }: { file: Attachment }) {
  const { place, isNear } = useNear();
  return (
    <div class="media sound" ref={place}>
      <audio src={file.url} controls preload={isNear ? "metadata" : "none"} aria-label={t("file.play", { name: file.name })} />
      <MediaLine file={file} />
    </div>
  );
}

function MediaLine({ file }: { file: Attachment }) {
  return (
    <p class="media-line">
      <FileName name={file.name} />
      <span class="num">{sizeText(file.size)}</span>
      <Download file={file} />
    </p>
  );
}
