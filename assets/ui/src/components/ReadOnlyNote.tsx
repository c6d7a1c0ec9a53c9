/** Stands where one would write in a group that an administrator archived for everybody. */

import { t } from "../lib/text";
import { Icon } from "./Icon";

export function ReadOnlyNote() {
  return (
    <div class="write page-grid">
      <p class="read-only" role="note">
        <Icon name="archive" small />
        {t("page.readOnly")}
      </p>
    </div>
  );
}
