/** Pictures of one message. Their places are known before they are loaded, so nothing ever jumps. */

import { t } from "../lib/text";
import { Progress } from "./Progress";

/** A picture in the grid: one on the server, or one that is still on its way. */
export interface GridPicture {
  key: string;
  name: string;
  src: string;
  srcset?: string;
  width: number;
  height: number;
  /** A `data:` address of its blur, or an empty string. */
  blur: string;
  /** 0 to 1 while it is being sent. */
  share?: number | undefined;
}

/** The largest box of a single picture, in px. */
const WIDEST = 432;
const HIGHEST = 288;
/** Pictures shown as themselves; the next place says how many more there are. */
const SHOWN = 3;

/** One alone keeps its shape; two share the width; three stand 2:1:1; of more, the rest is a number. */
export function PictureGrid({ pictures, onOpen }: { pictures: readonly GridPicture[]; onOpen?(at: number): void }) {
  const [only] = pictures;
  if (only === undefined) return null;
  const rest = pictures.length > SHOWN ? pictures.length - SHOWN : 0;
  const shown = pictures.slice(0, rest > 0 ? SHOWN + 1 : SHOWN);
  return (
    <div class={`pictures of-${shown.length}`}>
      {shown.map((picture, at) => (
        <Place
          key={picture.key}
          picture={picture}
          alone={pictures.length === 1}
          more={at === SHOWN ? rest : 0}
          label={at === SHOWN ? t("picture.more", { n: rest }) : labelOf(picture, at, pictures.length)}
          onOpen={onOpen && (() => onOpen(at))}
        />
      ))}
    </div>
  );
}

function Place(props: { picture: GridPicture; alone: boolean; more: number; label: string; onOpen: (() => void) | undefined }) {
  const { picture, alone, more, label, onOpen } = props;
  const style: Record<string, string> = picture.blur === "" ? {} : { backgroundImage: `url("${picture.blur}")` };
  if (alone) Object.assign(style, shapeOf(picture));
  const inside = (
    <>
      <img
        src={picture.src}
        srcset={picture.srcset}
        sizes={alone ? `${WIDEST}px` : "216px"}
        width={picture.width}
        height={picture.height}
        alt={onOpen ? "" : picture.name}
        loading="lazy"
        decoding="async"
        draggable={false}
      />
      {more > 0 && <span class="more-pictures">+{more}</span>}
      {picture.share !== undefined && <Progress share={picture.share} label={t("tray.progress", { name: picture.name })} />}
    </>
  );
  if (onOpen === undefined) return <div class="picture" style={style}>{inside}</div>;
  return (
    <button type="button" class="picture" style={style} aria-label={label} onClick={onOpen}>
      {inside}
    </button>
  );
}

/** The box of a single picture: never larger than it is, never too thin to be pressed. */
function shapeOf({ width, height }: GridPicture): Record<string, string> {
  const scale = Math.min(WIDEST / width, HIGHEST / height, 1);
  const [w, h] = [Math.max(72, Math.round(width * scale)), Math.max(56, Math.round(height * scale))];
  return { width: `${w}px`, aspectRatio: `${w} / ${h}` };
}

function labelOf(picture: GridPicture, at: number, of: number): string {
  return of === 1 ? t("picture.open", { name: picture.name }) : t("picture.openOf", { name: picture.name, n: at + 1, of });
}
