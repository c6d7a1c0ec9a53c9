/** The page of a conversation: history that loads as one scrolls, calm while lines come and go. */

import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { explain } from "../lib/failure";
import { t } from "../lib/text";
import type { Conversation } from "../lib/wire";
import { otherOf } from "../hooks/useConversations";
import { useLineMenu } from "../hooks/useLineActions";
import { useLink } from "../hooks/useLink";
import { useDividerFades, useFresh, useHeld, useMarked, useOpenAtUnread, useWayToEnd } from "../hooks/usePage";
import { useRows } from "../hooks/useRows";
import { useSame } from "../hooks/useSame";
import { useSticky } from "../hooks/useSticky";
import { readUpTo, receiptsOf, sameReceipts, useThread } from "../hooks/useThread";
import { Announcer } from "./Announcer";
import { Button } from "./Button";
import { EmptyNote } from "./EmptyNote";
import { FloatingDay } from "./FloatingDay";
import { JumpButton } from "./JumpButton";
import { LineDialogs } from "./LineDialogs";
import { PageRows, sameFaces } from "./PageRow";
import type { LineEvents } from "./RowTools";
import { TypingIndicator } from "./TypingIndicator";

/** The lines of `room`; mounted anew for another conversation. `at` is the line to lead to. */
export function MessageList({ room, at }: { room: Conversation; at: number | null }) {
  const { thread, rows } = useThread(room.id, at);
  const { connected, writable } = useLink();
  const ready = thread.phase.value === "ready";
  const fresh = useFresh(thread);
  const sticky = useSticky(room.id, {
    ended: () => thread.ended,
    onNearStart: () => ready && void thread.loadOlder(),
    onNearEnd: () => ready && void thread.loadNewer(),
    onPlace: (place) => ready && (thread.place = place),
    onSeen: (seq) => thread.phase.peek() === "ready" && readUpTo(room.id, seq),
  });
  useHeld(room.id, thread);
  useOpenAtUnread(ready, thread, sticky);
  useMarked(thread, sticky);
  const jump = useWayToEnd(rows.value, thread, sticky);
  useDividerFades(room, thread);
  const { menu, setMenu, dialog, setDialog } = useLineMenu();
  const events = useMemo<LineEvents>(
    () => ({
      onMenu: setMenu,
      onDialog: (kind, target) => setDialog({ kind, target }),
    }),
    [],
  );
  useRows(sticky.scroller, {
    onMenu: setMenu,
    onFirst: () => void thread.show(1),
    onLast: jump,
  });
  const faces = useSame(room.members, sameFaces);
  const members = useMemo(() => new Map(faces.map((member) => [member.id, member])), [faces]);
  const receipts = useSame(receiptsOf(room, rows.value), sameReceipts);
  const owner = room.isGroup && room.memberRole === "owner";
  return (
    <div class="thread-frame">
      <div class="thread" ref={sticky.scroller} tabIndex={0} role="region" aria-label={t("page.label")}>
        <div class="log" role="log" aria-live="off" aria-busy={!ready}>
          {ready && rows.value.length > 0 && <Note top>{topText(thread.hasOlder.value, thread.loadingOlder.value)}</Note>}
          {ready && rows.value.length === 0 && <EmptyNote name={otherOf(room)?.displayName ?? null} />}
          {thread.phase.value === "loading" && <Note>{t("page.loading")}</Note>}
          {thread.failure.value !== null && (
            <div class="page-note page-grid" role="alert">
              <div>
                <p>{t("page.failed", { reason: explain(thread.failure.value) })}</p>
                <Button icon="retry" onClick={() => void (ready ? thread.loadOlder() : thread.open(room.lastReadSeq, room.lastSeq, at))}>
                  {t("page.retry")}
                </Button>
              </div>
            </div>
          )}
          <PageRows
            rows={rows.value}
            conversationId={room.id}
            isGroup={room.isGroup}
            connected={connected && writable}
            {...{ owner, members, receipts, fresh, menu, events }}
            marked={thread.marked.value?.seq ?? null}
          />
          <TypingIndicator conversationId={room.id} />
        </div>
      </div>
      <FloatingDay rows={rows.value} sticky={sticky} />
      <JumpButton hidden={sticky.atEnd.value} unread={room.unread} onClick={jump} />
      <Announcer room={room} />
      {dialog !== null && <LineDialogs dialog={dialog.kind} target={dialog.target} onClose={() => setDialog(null)} />}
    </div>
  );
}

function Note({ top, children }: { top?: boolean; children: ComponentChildren }) {
  return (
    <div class={`${top ? "page-top" : "page-note"} page-grid`}>
      <p>{children}</p>
    </div>
  );
}

/** Above the first line; a space keeps its place while nothing is said. */
function topText(older: boolean, loading: boolean): string {
  if (!older) return t("page.start");
  return loading ? t("page.older") : "\u00a0";
}
