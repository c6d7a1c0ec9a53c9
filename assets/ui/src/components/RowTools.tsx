/** The menu of a line: under the pointer and the keys a list beside it, under a finger a sheet. */

import { memo } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import { exact } from "../lib/time";
import { t } from "../lib/text";
import { lineActions, type LineDialog, type LineTarget } from "../hooks/useLineActions";
import { IconButton } from "./Button";
import { Menu, type MenuItem } from "./Menu";

/** How a line's menu stands. */
export type MenuState = "closed" | "list" | "sheet";

/** What all lines of a page share; the same object from draw to draw. */
export interface LineEvents {
  /** Opens or closes the menu of the row with this key. */
  onMenu(key: string, state: MenuState): void;
  /** Opens a dialog about a line. */
  onDialog(dialog: LineDialog, target: LineTarget): void;
}

function Tools({ menu, events, ...target }: LineTarget & { menu: MenuState; events: LineEvents }) {
  const { key } = target.line;
  const close = () => events.onMenu(key, "closed");
  return (
    <div class={`tools${menu === "list" ? " open" : ""}`}>
      <IconButton icon="more" label={t("line.more")} expanded={menu !== "closed"} onClick={() => events.onMenu(key, menu === "closed" ? "list" : "closed")} />
      {menu === "list" && <Menu label={t("line.more")} items={itemsOf(target, events)} onClose={close} />}
      {menu === "sheet" && <Sheet target={target} items={itemsOf(target, events)} onClose={close} />}
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

/** Comes up from the lower edge; says when exactly the line was written, as pointing at its time does elsewhere. */
function Sheet({ target: { line, mine }, items, onClose }: { target: LineTarget; items: readonly MenuItem[]; onClose(): void }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const sheet = box.current;
    sheet?.showModal();
    return () => sheet?.close();
  }, []);
  return (
    <dialog
      ref={box}
      class="line-sheet"
      aria-label={t("line.more")}
      onCancel={(event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => event.target === box.current && onClose()}
    >
      <p>
        <b>{mine ? t("line.you") : line.senderName}</b>
        <time dateTime={line.at}>{exact(line.at)}</time>
      </p>
      <Menu label={t("line.more")} items={items} onClose={onClose} />
    </dialog>
  );
}
