/** One picture on a dark ground, over everything. Arrows turn, Escape and the way back close, two fingers enlarge. */

import { useEffect, useRef, useState } from "preact/hooks";
import { downloadUrl, sizeText, stillFor } from "../lib/files";
import type { Line } from "../lib/lines";
import { dayAndClock } from "../lib/time";
import { placeholderUrl } from "../lib/thumbhash";
import { t } from "../lib/text";
import type { Attachment } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { useBackCloses } from "../hooks/useBack";
import { useZoom } from "../hooks/useZoom";
import { IconButton } from "./Button";
import { FileName } from "./FileName";
import { Icon } from "./Icon";

type Picture = Attachment & { width: number; height: number };

/** The pictures of a line, opened at one of them; `onClose` must stop rendering it. */
export function Lightbox(props: { line: Line; pictures: readonly Picture[]; start: number; onClose(): void }) {
  const { line, pictures, onClose } = props;
  const [at, setAt] = useState(props.start);
  const picture = pictures[Math.min(at, pictures.length - 1)];
  const dialog = useRef<HTMLDialogElement>(null);
  const last = pictures.length - 1;
  const turn = (to: number) => setAt(Math.max(0, Math.min(last, to)));
  const zoom = useZoom(picture?.id ?? "", { onTurn: (step) => turn(at + step * direction()), onDismiss: onClose });
  useBackCloses(onClose);
  useEffect(() => {
    const box = dialog.current;
    box?.showModal();
    // None of the buttons is meant before one is chosen.
    box?.focus();
    // Closing it, and not only taking it away, gives the focus back to where it was.
    return () => box?.close();
  }, []);
  if (picture === undefined) return null;
  const who = line.senderId === myId() ? t("line.you") : line.senderName;
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      tabIndex={-1}
      data-theme="dark"
      aria-label={t("picture.label", { name: who })}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        const step = stepOf(event.key, at, last);
        if (step !== null) turn(step);
        else if (event.key === "+" || event.key === "=") zoom.by(1.5);
        else if (event.key === "-") zoom.by(1 / 1.5);
        else return;
        event.preventDefault();
      }}
    >
      <header>
        <p class="lightbox-title">
          <b>
            <bdi>{who}</bdi>
          </b>
          <span class="num" aria-live="polite">
            {t("picture.place", { when: dayAndClock(line.at), n: at + 1, of: pictures.length })}
          </span>
        </p>
        <IconButton icon={zoom.zoomed.value ? "shrink" : "grow"} label={t(zoom.zoomed.value ? "picture.zoomOut" : "picture.zoomIn")} onClick={zoom.toggle} />
        <a class="icon-button" href={downloadUrl(picture)} download={picture.name} target="_self" aria-label={t("file.download", { name: picture.name, size: sizeText(picture.size) })} title={t("file.download", { name: picture.name, size: sizeText(picture.size) })}>
          <Icon name="download" />
        </a>
        <IconButton icon="close" label={t("common.close")} onClick={onClose} />
      </header>
      <div class="lightbox-body">
        <div class={`stage${zoom.zoomed.value ? " zoomed" : ""}`} ref={zoom.stage}>
          <Shown key={picture.id} picture={picture} />
        </div>
        {at > 0 && <IconButton class="turn previous" icon="back" mirror label={t("picture.previous")} onClick={() => turn(at - 1)} />}
        {at < last && <IconButton class="turn next" icon="next" mirror label={t("picture.next")} onClick={() => turn(at + 1)} />}
      </div>
      <footer>
        <div class="caption">
          {line.content !== "" && <p>{line.content}</p>}
          <p class="facts num">
            <FileName name={picture.name} />
            <span>
              {picture.width} × {picture.height}, {sizeText(picture.size)}
            </span>
          </p>
        </div>
        {pictures.length > 1 && <Film pictures={pictures} at={at} onTurn={turn} />}
        <p class="keys" aria-hidden="true">
          {pictures.length > 1 && (
            <>
              <kbd>←</kbd> <kbd>→</kbd> {t("picture.keys")},{" "}
            </>
          )}
          <kbd>Esc</kbd> {t("picture.close")}
        </p>
      </footer>
    </dialog>
  );
}

/** The picture itself over its blur; said when it can't be loaded. */
function Shown({ picture }: { picture: Picture }) {
  const [failed, setFailed] = useState(false);
  const blur = placeholderUrl(picture.placeholder);
  const moving = picture.mime === "image/gif" || picture.mime === "image/webp";
  const large = Math.max(innerWidth, innerHeight) * devicePixelRatio > 1400;
  if (failed) return <p role="alert">{t("picture.failed")}</p>;
  return (
    <img
      src={moving || large ? picture.url : stillFor(picture, 1280)}
      alt={picture.name}
      width={picture.width}
      height={picture.height}
      draggable={false}
      style={{ "--width": `${picture.width}px`, "--shape": picture.width / picture.height, backgroundImage: blur === "" ? "none" : `url("${blur}")` }}
      onError={() => setFailed(true)}
    />
  );
}

function Film(props: { pictures: readonly Picture[]; at: number; onTurn(to: number): void }) {
  return (
    <div class="film">
      {props.pictures.map((each, i) => (
        <button key={each.id} type="button" aria-label={t("picture.show", { n: i + 1 })} aria-current={i === props.at ? "true" : undefined} onClick={() => props.onTurn(i)}>
          <img src={stillFor(each, 160)} alt="" draggable={false} />
        </button>
      ))}
    </div>
  );
}

/** 1 where pages are read from left to right, -1 where they are not. */
function direction(): 1 | -1 {
  return document.documentElement.dir === "rtl" ? -1 : 1;
}

function stepOf(key: string, at: number, last: number): number | null {
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === "ArrowRight") return at + direction();
  return key === "ArrowLeft" ? at - direction() : null;
}
