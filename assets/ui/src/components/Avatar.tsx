/** A square of initials on one of six paper stocks, with the presence shape at its corner. */

import { initials, stockOf } from "../lib/names";
import type { PresenceShape } from "../hooks/useConversations";

/** Decoration: the name always stands beside it. */
export function Avatar({ id, name, presence }: { id: string; name: string; presence?: PresenceShape | undefined }) {
  return (
    <span class={`avatar stock-${stockOf(id)}`} data-presence={presence} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
