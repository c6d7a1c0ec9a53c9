/** Code on its own sheet: what it is, a button that copies it, and the code, which scrolls sideways. */

import type { Toned } from "../lib/highlight";
import { t } from "../lib/text";
import { useCopy } from "../hooks/useCopy";
import { useTones } from "../hooks/useTones";
import { Icon } from "./Icon";

/** `info` is what stands after the fence: a language or a file. */
export function CodeBlock({ info, text }: { info: string; text: string }) {
  const tones = useTones(text, info);
  const { copied, copy } = useCopy();
  const name = info === "" ? t("code.plain") : info;
  return (
    <figure class="code">
      <figcaption>
        <bdi dir="ltr">{name}</bdi>
        <button type="button" class="code-copy" aria-label={t("code.copy", { name })} onClick={() => copy(text)}>
          <Icon name={copied ? "check" : "copy"} small />
          <span aria-hidden="true">{t(copied ? "code.copied" : "code.copyShort")}</span>
        </button>
        <span class="vh" role="status">
          {copied && t("code.copied")}
        </span>
      </figcaption>
      <pre dir="ltr" tabIndex={0} role="region" aria-label={name}>
        <code>{tones === null ? text : tones.map(draw)}</code>
      </pre>
    </figure>
  );
}

function draw(piece: Toned, at: number) {
  if (typeof piece === "string") return piece;
  return (
    <span key={at} class={`tone-${piece.tone}`}>
      {piece.inside.map(draw)}
    </span>
  );
}
