/** Which conversations the list shows, and what can be done with all of them. */

import { useState } from "preact/hooks";
import { t } from "../lib/text";
import { totalUnread } from "../hooks/useConversations";
import { listView, showList, VIEWS } from "../hooks/useListView";
import { readEverything } from "../hooks/useRoomActions";
import { IconButton } from "./Button";
import { Menu, type MenuItem } from "./Menu";

/** The button in the head of the list, with its menu. */
export function ViewMenu() {
  const [open, setOpen] = useState(false);
  return (
    <span class="menu-frame">
      <IconButton icon="filter" label={t("list.view")} expanded={open} onClick={() => setOpen(true)} />
      {open && <Views onClose={() => setOpen(false)} />}
    </span>
  );
}

function Views({ onClose }: { onClose(): void }) {
  const items: MenuItem[] = VIEWS.map((view) => ({
    words: t(`list.view.${view}`),
    checked: listView.value === view,
    onChoose: () => showList(view),
  }));
  items.push({ words: t("list.view.archived"), checked: listView.value === "archived", apart: true, onChoose: () => showList("archived") });
  if (totalUnread.value > 0) items.push({ icon: "check", words: t("list.readAll"), apart: true, onChoose: () => void readEverything() });
  return <Menu label={t("list.view")} items={items} onClose={onClose} />;
}
