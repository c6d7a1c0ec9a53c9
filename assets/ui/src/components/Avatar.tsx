/** Somebody's picture, or a square of initials on one of six paper stocks; the presence shape at its corner. */

import { useState } from "preact/hooks";
import { initials, stockOf } from "../lib/names";
import type { PresenceShape } from "../hooks/useConversations";

/** Decoration: the name always stands beside it. */
export function Avatar(props: { id: string; name: string; url?: string | undefined; presence?: PresenceShape | undefined }) {
  const { id, name, url, presence } = props;
  const [broken, setBroken] = useState<string | null>(null);
  return (
    <span class={`avatar stock-${stockOf(id)}`} data-presence={presence} aria-hidden="true">
      {url !== undefined && url !== broken ? <img src={url} alt="" loading="lazy" draggable={false} onError={() => setBroken(url)} /> : initials(name)}
    </span>
  );
}
