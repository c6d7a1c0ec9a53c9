/** The keys of a shortcut as they stand on the keyboard one has. */

import { Fragment } from "preact";
import { capsOf, SHORTCUTS, type Shortcut, type ShortcutId } from "../lib/shortcuts";
import { t } from "../lib/text";

const MAC = /^(Mac|iP)/.test(navigator.platform);

/** The shortcut with this id, by its keys. */
export function KeysOf({ id }: { id: ShortcutId }) {
  const found = SHORTCUTS.find((each) => each.id === id);
  return found === undefined ? null : <Keys shortcut={found} />;
}

/** One `kbd` for each key. */
export function Keys({ shortcut }: { shortcut: Shortcut }) {
  return (
    <span class="caps" dir="ltr">
      {capsOf(shortcut, MAC, t).map((caps) => (
        <Fragment key={caps.join()}>
          {caps.map((cap) => (
            <kbd key={cap}>{cap}</kbd>
          ))}
        </Fragment>
      ))}
    </span>
  );
}
