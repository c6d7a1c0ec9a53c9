/** What one can do about a conversation in the list. */

import { t } from "../lib/text";
import type { Conversation } from "../lib/wire";
import { titleOf } from "../hooks/useConversations";
import type { Anchor } from "../hooks/useFloat";
import { archive, mute, pin, readAll, unread } from "../hooks/useRoomActions";
import { Menu, type MenuItem } from "./Menu";

/** `open`: it is the one that is read right now. */
export function RoomMenu(props: { room: Conversation; open: boolean; anchor: Anchor; onAbout(): void; onClose(): void }) {
  const { room, open } = props;
  const items: MenuItem[] = [];
  if (room.unread > 0 && !open) items.push({ icon: "check", words: t("list.markRead"), onChoose: () => readAll(room) });
  else if (room.lastSeq > 0 && !open) items.push({ icon: "spot", words: t("list.markUnread"), onChoose: () => void unread(room) });
  items.push(
    { icon: room.pinned ? "unpin" : "pin", words: t(room.pinned ? "list.unpin" : "list.pin"), onChoose: () => void pin(room, !room.pinned) },
    { icon: room.muted ? "bell" : "mute", words: t(room.muted ? "list.unmute" : "list.mute"), onChoose: () => void mute(room, !room.muted) },
    { icon: room.archived ? "unarchive" : "archive", words: t(room.archived ? "list.unarchive" : "list.archive"), onChoose: () => archive(room, !room.archived) },
    { icon: "info", words: t("room.about"), apart: true, onChoose: props.onAbout },
  );
  return <Menu label={t("list.menu", { title: titleOf(room) })} items={items} anchor={props.anchor} onClose={props.onClose} />;
}
