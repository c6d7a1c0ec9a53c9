/** The page of a conversation: history that loads as one scrolls, calm while lines arrive. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../lib/lines";
import { dayHeading } from "../lib/time";
import { joinNames, t } from "../lib/text";
import { explain } from "../lib/failure";
import type { Conversation } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { otherOf, presenceShape } from "../hooks/useConversations";
import { useLink } from "../hooks/useLink";
import { useSticky, type Sticky } from "../hooks/useSticky";
import { readUpTo, receiptsOf, useThread, type Receipts } from "../hooks/useThread";
import { useWebSocket } from "../hooks/useWebSocket";
import { Button } from "./Button";
import { EmptyNote } from "./EmptyNote";
import { JumpButton } from "./JumpButton";
import { MessageRow } from "./MessageRow";
import { TypingIndicator } from "./TypingIndicator";

type OpenThread = ReturnType<typeof useThread>["thread"];

/** The lines of `room`; mounted anew for another conversation. */
export function MessageList({ room }: { room: Conversation }) {
  const { thread, rows } = useThread(room.id);
  const { connected } = useLink();
  const ready = thread.phase.value === "ready";
  const fresh = useFresh(rows.value, ready);
  const sticky = useSticky(room.id, {
    onNearStart: () => ready && void thread.loadOlder(),
    onNearEnd: () => ready && void thread.loadNewer(),
    onSeen: (seq) => thread.phase.peek() === "ready" && readUpTo(room.id, seq),
  });
  useOpenAtUnread(ready, thread, sticky);
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
              <Button icon="retry" onClick={() => void (ready ? thread.loadOlder() : thread.open(room.lastReadSeq, room.lastSeq))}>
                {t("page.retry")}
              </Button>
            </div>
          )}
          {rows.value.map((row) => drawRow(row, room, receipts, fresh, connected))}
          <TypingIndicator conversationId={room.id} />
        </div>
      </div>
      <JumpButton hidden={sticky.atEnd.value && !thread.hasNewer.value} unread={room.unread} onClick={jump} />
      <Announcer room={room} />
    </div>
  );
}

function drawRow(row: Row, room: Conversation, receipts: Receipts, fresh: ReadonlySet<string>, connected: boolean) {
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
      fresh={fresh.has(row.key)}
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
    setWords(t("page.announce", { name: message.sender.displayName, text: message.content.slice(0, 300) }));
  });
  return (
    <p class="vh" aria-live="polite">
      {words}
    </p>
  );
}

/** Keys of lines that came while one was looking; lines from history never move. */
function useFresh(rows: readonly Row[], ready: boolean): ReadonlySet<string> {
  const seen = useRef<{ known: Set<string>; fresh: Set<string> } | null>(null);
  const last = useRef<string | undefined>(undefined);
  if (!ready) return new Set();
  const known = seen.current?.known ?? new Set(rows.map((row) => row.key));
  const fresh = seen.current?.fresh ?? new Set<string>();
  const from = rows.findIndex((row) => row.key === last.current);
  if (seen.current !== null && from >= 0) for (const row of rows.slice(from + 1)) if (!known.has(row.key)) fresh.add(row.key);
  for (const row of rows) known.add(row.key);
  seen.current = { known, fresh };
  last.current = rows.at(-1)?.key;
  return fresh;
}

/** Opens at the first unread line when there is one, else at the end. */
function useOpenAtUnread(ready: boolean, thread: OpenThread, sticky: Sticky): void {
  useLayoutEffect(() => {
    // A page that was kept from before may have begun to load what is unread by now.
    if (!ready || thread.phase.peek() !== "ready") return;
    const divider = sticky.scroller.current?.querySelector<HTMLElement>(".new");
    if (divider) sticky.toRow(divider);
    else sticky.toEnd();
  }, [ready]);
}

/** The ways to the end: asked for by the returned function, or because one's own new line stands there. */
function useWayToEnd(rows: readonly Row[], thread: OpenThread, sticky: Sticky): () => void {
  const last = rows.at(-1);
  const waiting = last?.kind === "line" && last.line.seq === null ? last.key : null;
  const before = useRef(waiting);
  const asked = useRef(false);
  const there = !thread.hasNewer.value;
  useLayoutEffect(() => {
    if (there && (asked.current || (waiting !== null && waiting !== before.current))) {
      asked.current = false;
      sticky.toEnd();
    }
    before.current = waiting;
  }, [waiting, there]);
  return () => {
    if (there) return sticky.toEnd();
    // The end is not loaded yet: go there when it is.
    asked.current = true;
    void thread.toNewest();
  };
}

/** The divider goes 4 s after everything was read. */
function useDividerFades(room: Conversation, thread: OpenThread): void {
  const done = thread.unreadFrom.value !== null && room.unread === 0;
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => (thread.unreadFrom.value = null), 4_000);
    return () => clearTimeout(timer);
  }, [done, thread]);
}
