/** One conversation in the list: a link with title, last line, time and what is unread; and the way to its menu. */

import { computed } from "@preact/signals";
import { memo } from "preact/compat";
import { useMemo } from "preact/hooks";
import { at } from "../lib/base";
import { summaryOf } from "../lib/files";
import { listStamp } from "../lib/time";
import { shortName } from "../lib/names";
import { t } from "../lib/text";
import type { Conversation } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { otherOf, presenceShape, titleOf } from "../hooks/useConversations";
import { draftOf } from "../hooks/useDraft";
import type { Anchor } from "../hooks/useFloat";
import { useMenuKeys } from "../hooks/useMenuKeys";
import { typingWords, useTypists } from "../hooks/useTyping";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";

/** `current` marks the open conversation; `stop`: Tab leads to this row. */
export interface RowProps {
  room: Conversation;
  current: boolean;
  stop: boolean;
  onMenu(room: Conversation, anchor: Anchor): void;
}

function Row({ room, current, stop, onMenu }: RowProps) {
  const title = titleOf(room);
  const other = otherOf(room);
  const shape = other && presenceShape(other);
  const unread = !current && room.unread > 0;
  const quiet = room.muted && room.mentions === 0;
  const menuKeys = useMenuKeys((anchor) => onMenu(room, anchor));
  return (
    <>
      <a
        class={`row${unread && !quiet ? " unread" : ""}`}
        href={at(`/conversations/${room.id}`)}
        aria-current={current ? "page" : undefined}
        aria-keyshortcuts="Shift+F10"
        data-conversation={room.id}
        tabIndex={stop ? 0 : -1}
        draggable={false}
        {...menuKeys}
      >
        <Avatar id={other?.id ?? room.id} name={other ? title : shortName(title)} url={(other ?? room).avatarUrl} presence={shape} />
        <span class="row-lines">
          <span class="row-line">
            <b>{title}</b>
            {shape && shape !== "gone" && <span class="vh">, {t(`presence.${shape}`)}</span>}
            <time dateTime={room.updatedAt}>{listStamp(room.updatedAt, Date.now())}</time>
          </span>
          <span class="row-line">
            <Preview room={room} current={current} />
            <Marks room={room} current={current} />
          </span>
        </span>
      </a>
      <button
        type="button"
        class="icon-button row-more"
        tabIndex={-1}
        aria-label={t("list.menu", { title })}
        title={t("list.more")}
        aria-haspopup="menu"
        onClick={(event) => onMenu(room, event.currentTarget)}
      >
        <Icon name="more" />
      </button>
    </>
  );
}

/** Drawn again only when something about this conversation has changed. */
export const ConversationRow = memo(Row);

/** Muted, pinned, somebody wants one, and how much is unread; the words are for those who can't see them. */
function Marks({ room, current }: { room: Conversation; current: boolean }) {
  const { unread, mentions } = room;
  return (
    <span class="row-marks">
      {room.muted && <Mark icon="mute" words={t("list.muted")} />}
      {room.pinned && <Mark icon="pin" words={t("list.pinned")} />}
      {!current && mentions > 0 && (
        <span class="count at">
          <span aria-hidden="true">@</span>
          <span class="vh">{t("list.mentions", { n: mentions })}</span>
        </span>
      )}
      {!current && unread > 0 && (
        <span class="count">
          <span aria-hidden="true">{unread > 999 ? "999+" : unread}</span>
          <span class="vh">{t("list.unread", { n: unread })}</span>
        </span>
      )}
    </span>
  );
}

function Mark({ icon, words }: { icon: "mute" | "pin"; words: string }) {
  return (
    <>
      <Icon name={icon} small />
      <span class="vh">{words}</span>
    </>
  );
}

/** Who is writing, what one has begun to write, or the last line. */
function Preview({ room, current }: { room: Conversation; current: boolean }) {
  const typists = useTypists(room.id);
  // What is written in another room draws nothing here.
  const draft = useMemo(() => computed(() => (current ? "" : draftOf(room.id))), [current, room.id]).value;
  if (!current && typists.length > 0) return <i class="preview">{typingWords(typists)}</i>;
  if (draft !== "") {
    return (
      <span class="preview">
        <em>{t("list.draft")}</em> <bdi>{draft}</bdi>
      </span>
    );
  }
  const last = room.lastMessage;
  if (last === null) return <span class="preview">{t("list.empty")}</span>;
  const text = summaryOf(last);
  if (last.senderId === myId()) return <span class="preview">{t("list.you", { text })}</span>;
  const name = shortName(last.sender.displayName);
  return <span class="preview">{room.isGroup ? t("list.by", { name, text }) : text}</span>;
}
