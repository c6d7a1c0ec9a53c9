/** The menu of a line; it also says when exactly the line was written, as pointing at its time does. */

import { memo } from "preact/compat";
import { exact } from "../lib/time";
import { t } from "../lib/text";
import { lineActions, type LineDialog, type LineTarget } from "../hooks/useLineActions";
import { IconButton } from "./Button";
import { Menu, type MenuItem } from "./Menu";

/** What all lines of a page share; the same object from draw to draw. */
export interface LineEvents {
  /** Opens the menu of the row with this key, or none. */
  onMenu(key: string | null): void;
  /** Opens a dialog about a line. */
  onDialog(dialog: LineDialog, target: LineTarget): void;
}

function Tools({ open, events, ...target }: LineTarget & { open: boolean; events: LineEvents }) {
  const { line, mine } = target;
  return (
    <div class={`tools${open ? " open" : ""}`}>
      <IconButton icon="more" label={t("line.more")} expanded={open} onClick={() => events.onMenu(open ? null : line.key)} />
      {open && (
        <Menu label={t("line.more")} items={itemsOf(target, events)} onClose={() => events.onMenu(null)}>
          <b>{mine ? t("line.you") : line.senderName}</b>
          <time dateTime={line.at}>{exact(line.at)}</time>
        </Menu>
      )}
    </div>
  );
}

/** Drawn again only when something about its line has changed. */
export const RowTools = memo(Tools);

function itemsOf(target: LineTarget, { onDialog }: LineEvents): MenuItem[] {
  return lineActions(target).map((action) => ({
    icon: action.icon,
    words: t(action.label),
    fault: action.fault === true,
    onChoose: () => action.run(target, (dialog) => onDialog(dialog, target)),
  }));
}
