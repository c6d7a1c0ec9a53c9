/** The rows of a page: days, the divider, lines with what they say about their way. */

import type { Line, Row } from "../lib/lines";
import { joinNames, t } from "../lib/text";
import { dayHeading } from "../lib/time";
import type { Conversation, Member } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { presenceShape } from "../hooks/useConversations";
import type { Receipts } from "../hooks/useThread";
import { MessageRow } from "./MessageRow";
import type { LineEvents } from "./RowTools";

/** What all rows of a page share. */
export interface Page {
  room: Conversation;
  members: ReadonlyMap<string, Member>;
  receipts: Receipts;
  fresh(line: Line): boolean;
  connected: boolean;
  /** The line one was led to. */
  marked: number | null;
  /** The key of the line whose menu is open. */
  menu: string | null;
  events: LineEvents;
}

/** One row, with its key. */
export function drawRow(row: Row, page: Page) {
  if (row.kind === "day") {
    return (
      <div class="day page-grid" key={row.key}>
        <h2>{dayHeading(row.at, Date.now())}</h2>
      </div>
    );
  }
  if (row.kind === "new") {
    return (
      <div class="new page-grid" key={row.key} role="separator" aria-label={t("page.newLabel", { n: row.count })}>
        <span>{t("page.new", { n: row.count })}</span>
        <i />
      </div>
    );
  }
  return drawLine(row.line, row.start, page);
}

function drawLine(line: Line, start: boolean, { room, members, receipts, fresh, connected, marked, menu, events }: Page) {
  const me = myId();
  const mine = line.senderId === me;
  const member = members.get(line.senderId);
  const note = mine ? noteOf(line, room, receipts, connected) : null;
  return (
    <MessageRow
      key={line.key}
      conversationId={room.id}
      line={line}
      start={start}
      mine={mine}
      fresh={fresh(line)}
      mayDelete={mine || (room.isGroup && room.memberRole === "owner")}
      marked={line.seq !== null && line.seq === marked}
      named={!mine && !line.deleted && [me, "all"].some((id) => line.mentions?.includes(id))}
      menu={menu === line.key}
      events={events}
      avatar={member?.avatarUrl ?? line.senderAvatar}
      presence={member && presenceShape(member)}
      noteText={note?.text}
      noteTitle={note?.title}
    />
  );
}

function noteOf({ seq, failed }: Line, room: Conversation, receipts: Receipts, connected: boolean) {
  if (failed !== null) return { text: t("line.notSent") };
  if (seq === null) return { text: t(connected ? "line.sending" : "line.waiting") };
  if (seq === receipts.readSeq) {
    if (!room.isGroup) return { text: t("line.read") };
    const n = receipts.readers.length;
    return { text: t("line.readBy", { n }), title: t("line.readNames", { names: joinNames(receipts.readers.slice(0, 30)) }) };
  }
  return seq === receipts.sentSeq ? { text: t("line.sent") } : null;
}
