/** The rows of a page: days, the divider, lines with what they say about their way. */

import { memo } from "preact/compat";
import { useMemo } from "preact/hooks";
import { leavesOf, sameRow, type Line, type Row } from "../lib/lines";
import { joinNames, t } from "../lib/text";
import { dayHeading } from "../lib/time";
import type { Member } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { presenceShape } from "../hooks/useConversations";
import type { Receipts } from "../hooks/useThread";
import { MessageRow } from "./MessageRow";
import type { LineEvents } from "./RowTools";

/** The rows, and what all of them share. */
export interface Page {
  rows: readonly Row[];
  conversationId: string;
  isGroup: boolean;
  /** One owns the group. */
  owner: boolean;
  members: ReadonlyMap<string, Face>;
  receipts: Receipts;
  fresh(line: Line): boolean;
  connected: boolean;
  /** The line one was led to. */
  marked: number | null;
  /** The key of the line whose menu is open. */
  menu: string | null;
  events: LineEvents;
}

/** What of a member is shown beside a line. */
export type Face = Pick<Member, "id" | "avatarUrl" | "online" | "lastSeenAt">;

/** Whether members look the same as before. */
export const sameFaces = (before: readonly Face[], next: readonly Face[]): boolean =>
  before.length === next.length &&
  next.every(({ id, avatarUrl, online, lastSeenAt }, at) => {
    const was = before[at];
    return was?.id === id && was.avatarUrl === avatarUrl && was.online === online && was.lastSeenAt === lastSeenAt;
  });

/** All rows. A leaf is drawn again when something about one of its rows has changed, and not with everything that happens. */
export function PageRows(page: Page) {
  const leaves = useMemo(() => leavesOf(page.rows), [page.rows]);
  return (
    <>
      {leaves.map(({ key, rows }) => (
        <LeafOf key={key} {...page} rows={rows} />
      ))}
    </>
  );
}

const LeafOf = memo(
  (page: Page) => <div class="leaf">{page.rows.map((row) => drawRow(row, page))}</div>,
  (before, next) => {
    const keys = Object.keys(next) as (keyof Page)[];
    return keys.every((key) => key === "rows" || before[key] === next[key]) && sameRows(before.rows, next.rows);
  },
);

function sameRows(before: readonly Row[], next: readonly Row[]): boolean {
  return before.length === next.length && next.every((row, at) => sameRow(before[at], row));
}

function drawRow(row: Row, page: Page) {
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

function drawLine(line: Line, start: boolean, page: Page) {
  const { members, marked } = page;
  const me = myId();
  const mine = line.senderId === me;
  const member = members.get(line.senderId);
  const note = mine ? noteOf(line, page) : null;
  return (
    <MessageRow
      key={line.key}
      conversationId={page.conversationId}
      line={line}
      start={start}
      mine={mine}
      fresh={page.fresh(line)}
      mayDelete={mine || page.owner}
      marked={line.seq !== null && line.seq === marked}
      named={!mine && !line.deleted && [me, "all"].some((id) => line.mentions?.includes(id))}
      menu={page.menu === line.key}
      events={page.events}
      avatar={member?.avatarUrl ?? line.senderAvatar}
      presence={member && presenceShape(member)}
      noteText={note?.text}
      noteTitle={note?.title}
    />
  );
}

function noteOf({ seq, failed }: Line, { isGroup, receipts, connected }: Page) {
  if (failed !== null) return { text: t("line.notSent") };
  if (seq === null) return { text: t(connected ? "line.sending" : "line.waiting") };
  if (seq === receipts.readSeq) {
    if (!isGroup) return { text: t("line.read") };
    const n = receipts.readers.length;
    return { text: t("line.readBy", { n }), title: t("line.readNames", { names: joinNames(receipts.readers.slice(0, 30)) }) };
  }
  return seq === receipts.sentSeq ? { text: t("line.sent") } : null;
}
