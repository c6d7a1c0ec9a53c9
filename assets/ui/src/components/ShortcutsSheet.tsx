/** All shortcuts, by where they work. */

import { SHORTCUTS, type ShortcutPlace } from "../lib/shortcuts";
import { t } from "../lib/text";
import { Dialog } from "./Dialog";
import { Keys } from "./Keys";
import "../styles/keys.css";

const PLACES: readonly ShortcutPlace[] = ["everywhere", "conversation", "writing", "list", "page"];

/** The dialog that lists them. */
export function ShortcutsSheet({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      {/* Nothing in it takes the focus, so the whole does: else a keyboard could not scroll it. */}
      <div role="group" aria-label={t("keys.title")} tabIndex={0}>
        <ShortcutTable />
      </div>
    </Dialog>
  );
}

/** The list itself, also for the settings. */
export function ShortcutTable() {
  return (
    <div class="shortcuts">
      {PLACES.map((place) => (
        <section key={place}>
          <h3>{t(`keys.${place}`)}</h3>
          <dl>
            {SHORTCUTS.filter((each) => each.where === place).map((each) => (
              <div key={each.id}>
                <dt>{t(each.label)}</dt>
                <dd>
                  <Keys shortcut={each} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
