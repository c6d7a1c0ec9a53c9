/** Says that a newer version is ready, calmly, for as long as it is not opened. */

import { t } from "../lib/text";
import { takeUpdate, updateReady } from "../hooks/useUpdate";
import { Button } from "./Button";
import "../styles/update.css";

/** Always mounted, so that it is said aloud when it appears. */
export function UpdateNote() {
  return (
    <div class="update-place" role="status">
      {updateReady.value && (
        <div class="update">
          <p>{t("update.ready")}</p>
          <Button onClick={takeUpdate}>{t("update.take")}</Button>
        </div>
      )}
    </div>
  );
}
