/** One conversation in the list: a link with title, last line, time and what is unread. */

import { summaryOf } from "../lib/files";
import { listStamp } from "../lib/time";
import { shortName } from "../lib/names";
import { t } from "../lib/text";
import type { Conversation } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { otherOf, presenceShape, titleOf } from "../hooks/useConversations";
import { draftOf } from "../hooks/useDraft";
import { Avatar } from "./Avatar";

/** The row; `current` marks the open conversation. */
export function ConversationRow({ room, current }: { room: Conversation; current: boolean }) {
  const title = titleOf(room);
  const other = otherOf(room);
  const shape = other && presenceShape(other);
  const unread = !current && room.unread > 0;
  return (
    <a
      class={`row${unread ? " unread" : ""}`}
      href={`/conversations/${room.id}`}
      aria-current={current ? "page" : undefined}
      data-conversation={room.id}
    >
      <Avatar id={other?.id ?? room.id} name={other ? title : shortName(title)} url={(other ?? room).avatarUrl} presence={shape} />
      <span class="row-lines">
        <span class="row-line">
          <b>{title}</b>
          {shape && shape !== "gone" && <span class="vh">, {t(`presence.${shape}`)}</span>}
          <time dateTime={room.updatedAt}>{listStamp(room.updatedAt, Date.now())}</time>
        </span>
        <span class="row-line">
          <Preview room={room} draft={current ? "" : draftOf(room.id)} />
          {unread && (
            <span class="count">
              <span aria-hidden="true">{room.unread > 999 ? "999+" : room.unread}</span>
              <span class="vh">{t("list.unread", { n: room.unread })}</span>
            </span>
          )}
        </span>
      </span>
    </a>
  );
}

function Preview({ room, draft }: { room: Conversation; draft: string }) {
  if (draft !== "") {
    return (
      <span class="preview">
        <em>{t("list.draft")}</em> {draft}
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
