/** A page on which nobody has written yet. */

import { t } from "../lib/text";
import { Mark } from "./Mark";

/** Says who will read it: `name` for a direct conversation, `null` for a group. */
export function EmptyNote({ name }: { name: string | null }) {
  return (
    <div class="empty page-grid">
      <div class="empty-mark">
        <Mark size={28} />
      </div>
      <div>
        <h2>{t("page.emptyTitle")}</h2>
        <p>{name === null ? t("page.emptyGroup") : t("page.emptyDirect", { name })}</p>
      </div>
    </div>
  );
}
