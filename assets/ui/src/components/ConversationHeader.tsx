/** The head of a conversation: its title, who is here, and the way to its details. */

import { at } from "../lib/base";
import { shortName } from "../lib/names";
import { t } from "../lib/text";
import type { Conversation } from "../lib/wire";
import { otherOf, presenceShape, presenceText, titleOf } from "../hooks/useConversations";
import { Avatar } from "./Avatar";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

/** `onDetails` opens the sheet; `onBack` leads back to the results of a search one came from, `onList` to the list. */
export function ConversationHeader(props: { room: Conversation; onDetails(): void; onSearch(): void; onBack: (() => void) | null; onList(): void }) {
  const { room, onDetails, onBack } = props;
  const other = otherOf(room);
  const title = titleOf(room);
  const here = room.members.filter((member) => presenceShape(member) === "here").length;
  const people = t("room.people", { n: room.memberCount });
  const meta = other ? presenceText(other) : here > 0 ? t("common.both", { a: people, b: t("room.here", { n: here }) }) : people;
  return (
    <header class="head page-grid">
      <div class="head-lead">
        {onBack ? (
          <IconButton icon="back" mirror label={t("search.backToResults")} onClick={onBack} />
        ) : (
          <a class="icon-button phone-only" href={at("/")} aria-label={t("list.back")} onClick={(event) => (event.preventDefault(), event.stopPropagation(), props.onList())}>
            <Icon name="back" mirror />
          </a>
        )}
        <Avatar id={other?.id ?? room.id} name={other ? title : shortName(title)} url={(other ?? room).avatarUrl} presence={other && presenceShape(other)} />
      </div>
      <div class="head-title">
        <h1>{title}</h1>
        <span class="head-meta">
          {room.readOnly ? t("common.both", { a: meta, b: t("page.archived") }) : meta}
        </span>
      </div>
      <div class="head-actions">
        <IconButton icon="search" label={t("search.inside")} shortcut="Control+F Meta+F" onClick={props.onSearch} />
        <IconButton icon={room.isGroup ? "people" : "info"} label={t("room.about")} onClick={onDetails} />
      </div>
    </header>
  );
}
