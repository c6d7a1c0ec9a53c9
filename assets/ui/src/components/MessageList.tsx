/** The page of a conversation: history that loads as one scrolls, calm while lines arrive. */

import { useState } from "preact/hooks";
import type { Line, Row } from "../lib/lines";
import { dayHeading } from "../lib/time";
import { summaryOf } from "../lib/files";
import { joinNames, t } from "../lib/text";
import { explain } from "../lib/failure";
import type { Conversation } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { otherOf, presenceShape } from "../hooks/useConversations";
import { useLink } from "../hooks/useLink";
import { useDividerFades, useFresh, useMarked, useOpenAtUnread, useWayToEnd } from "../hooks/usePage";
import { useSticky } from "../hooks/useSticky";
import { readUpTo, receiptsOf, useThread, type Receipts } from "../hooks/useThread";
import { useWebSocket } from "../hooks/useWebSocket";
import { Button } from "./Button";
import { EmptyNote } from "./EmptyNote";
import { JumpButton } from "./JumpButton";
import { MessageRow } from "./MessageRow";
import { TypingIndicator } from "./TypingIndicator";

/** The lines of `room`; mounted anew for another conversation. `at` is the line to lead to. */
export function MessageList({ room, at }: { room: Conversation; at: number | null }) {
  const { thread, rows } = useThread(room.id, at);
  const { connected } = useLink();
  const ready = thread.phase.value === "ready";
  const fresh = useFresh(thread);
  const sticky = useSticky(room.id, {
    onNearStart: () => ready && void thread.loadOlder(),
    onNearEnd: () => ready && void thread.loadNewer(),
    onPlace: (place) => ready && (thread.place = place),
    onSeen: (seq) => thread.phase.peek() === "ready" && readUpTo(room.id, seq),
  });
  useOpenAtUnread(ready, thread, sticky);
  useMarked(thread, sticky);
  const jump = useWayToEnd(rows.value, thread, sticky);
  useDividerFades(room, thread);
  const receipts = receiptsOf(room, rows.value);
  return (
    <div class="thread-frame">
      <div class="thread" ref={sticky.scroller} tabIndex={0} role="region" aria-label={t("page.label")}>
        <div class="log page-grid" role="log" aria-live="off" aria-busy={!ready}>
          {ready && <PageTop older={thread.hasOlder.value} loading={thread.loadingOlder.value} empty={rows.value.length === 0} />}
          {ready && rows.value.length === 0 && <EmptyNote name={otherOf(room)?.displayName ?? null} />}
          {thread.phase.value === "loading" && <p class="page-note">{t("page.loading")}</p>}
          {thread.failure.value !== null && (
            <div class="page-note" role="alert">
              <p>{t("page.failed", { reason: explain(thread.failure.value) })}</p>
              <Button icon="retry" onClick={() => void (ready ? thread.loadOlder() : thread.open(room.lastReadSeq, room.lastSeq, at))}>
                {t("page.retry")}
              </Button>
            </div>
          )}
          {rows.value.map((row) => drawRow(row, { room, receipts, fresh, connected, marked: thread.marked.value }))}
          <TypingIndicator conversationId={room.id} />
        </div>
      </div>
      <JumpButton hidden={sticky.atEnd.value && !thread.hasNewer.value} unread={room.unread} onClick={jump} />
      <Announcer room={room} />
    </div>
  );
}

/** What all lines of a page share. */
interface Page {
  room: Conversation;
  receipts: Receipts;
  fresh(line: Line): boolean;
  connected: boolean;
  marked: number | null;
}

function drawRow(row: Row, { room, receipts, fresh, connected, marked }: Page) {
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
  const { line } = row;
  const mine = line.senderId === myId();
  const member = room.members.find((each) => each.id === line.senderId);
  const note = mine ? noteOf(line.seq, line.failed !== null, room, receipts, connected) : null;
  return (
    <MessageRow
      key={row.key}
      line={line}
      start={row.start}
      mine={mine}
      fresh={fresh(line)}
      mayDelete={mine || (room.isGroup && room.memberRole === "owner")}
      marked={line.seq !== null && line.seq === marked}
      avatar={member?.avatarUrl ?? line.senderAvatar}
      presence={member && presenceShape(member)}
      noteText={note?.text}
      noteTitle={note?.title}
    />
  );
}

function noteOf(seq: number | null, failed: boolean, room: Conversation, receipts: Receipts, connected: boolean) {
  if (failed) return { text: t("line.notSent") };
  if (seq === null) return { text: t(connected ? "line.sending" : "line.waiting") };
  if (seq === receipts.readSeq) {
    if (!room.isGroup) return { text: t("line.read") };
    const n = receipts.readers.length;
    return { text: t("line.readBy", { n }), title: t("line.readNames", { names: joinNames(receipts.readers.slice(0, 30)) }) };
  }
  return seq === receipts.sentSeq ? { text: t("line.sent") } : null;
}

function PageTop({ older, loading, empty }: { older: boolean; loading: boolean; empty: boolean }) {
  if (empty) return null;
  return <p class="page-top">{older ? (loading ? t("page.older") : "\u00a0") : t("page.start")}</p>;
}

/** Says new lines of others aloud, without their having to be found. */
function Announcer({ room }: { room: Conversation }) {
  const [words, setWords] = useState("");
  const { onNewMessage } = useWebSocket({ conversationId: room.id });
  onNewMessage((message) => {
    if (message.senderId === myId()) return;
    setWords(t("page.announce", { name: message.sender.displayName, text: summaryOf(message, 300) }));
  });
  return (
    <p class="vh" aria-live="polite">
      {words}
    </p>
  );
}
