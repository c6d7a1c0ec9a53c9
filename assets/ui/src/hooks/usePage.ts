/** Where a page stands: at what is unread, at its end, or at the line one was led to; and what moves. */

import { effect } from "@preact/signals";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Line, Row } from "../lib/lines";
import type { Conversation } from "../lib/wire";
import { conversation } from "../state/conversations";
import { firstUnseen } from "./onScreen";
import type { Sticky } from "./useSticky";
import type { useThread } from "./useThread";

type OpenThread = ReturnType<typeof useThread>["thread"];

/** Milliseconds that a line one was led to stays marked. */
const MARKED = 3_000;

/** Goes to the line that one was led to, and lets its mark fade. */
export function useMarked(thread: OpenThread, sticky: Sticky): void {
  const marked = thread.marked.value;
  useLayoutEffect(() => {
    if (marked === null) return undefined;
    const row = sticky.scroller.current?.querySelector<HTMLElement>(`[data-seq="${marked.seq}"]`);
    if (row) {
      sticky.toRow(row);
      // Reading and the keys go on from here.
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
    }
    const fade = () => {
      if (thread.marked.peek() === marked) thread.marked.value = null;
    };
    const timer = setTimeout(fade, MARKED);
    return () => {
      clearTimeout(timer);
      fade();
    };
  }, [marked, thread]);
}

/** Whether a line came while one was looking; lines from history never move. */
export function useFresh(thread: OpenThread): (line: Line) => boolean {
  const since = useRef(Date.now());
  // What came while nobody looked is history; it must not even be drawn as new.
  useMemo(() => thread.fresh.clear(), [thread]);
  return useCallback(({ seq, at }) => (seq === null ? new Date(at).getTime() >= since.current : thread.fresh.has(seq)), [thread]);
}

/** Opens at the first unread line when there is one, else where one was, else at the end. */
export function useOpenAtUnread(ready: boolean, thread: OpenThread, sticky: Sticky): void {
  useLayoutEffect(() => {
    // A page that was kept from before may have begun to load what is unread by now.
    if (!ready || thread.phase.peek() !== "ready" || thread.marked.peek() !== null) return;
    const box = sticky.scroller.current;
    const from = thread.unreadFrom.peek();
    // Not the divider: it may be the one of last time, or not be drawn yet.
    const unread = from === null || box === null ? null : firstUnseen(box, from - 1);
    const { place } = thread;
    if (place !== null && !place.atEnd && sticky.toPlace(place)) return;
    if (unread) sticky.toRow(unread);
    else sticky.toEnd();
  }, [ready, thread.replaced]);
}

/** The ways to the end: asked for by the returned function, or because one's own new line stands there. */
export function useWayToEnd(rows: readonly Row[], thread: OpenThread, sticky: Sticky): () => void {
  const last = rows.at(-1);
  const waiting = last?.kind === "line" && last.line.seq === null ? last.key : null;
  const before = useRef(waiting);
  /** How often the page had been started anew when the end was asked for. */
  const asked = useRef<number | null>(null);
  const there = !thread.hasNewer.value;
  useLayoutEffect(() => {
    const led = asked.current !== null && asked.current !== thread.replaced;
    // Where the answer leads elsewhere, or one had none and read on, there is nothing to jump to any more.
    if (led) asked.current = null;
    if (there && (led || (waiting !== null && waiting !== before.current))) sticky.toEnd();
    before.current = waiting;
  }, [waiting, there, thread.replaced]);
  return () => {
    thread.held = false;
    if (there && thread.phase.peek() === "ready") return sticky.toEnd();
    // The end is not loaded yet, or one is being led elsewhere: go there when it is.
    asked.current = thread.replaced;
    void thread.toNewest();
  };
}

/** When lines are marked unread, here or elsewhere, looking at them does not undo it: from that very moment on. */
export function useHeld(id: string, thread: OpenThread): void {
  useLayoutEffect(() => {
    let before = conversation(id)?.lastReadSeq ?? 0;
    return effect(() => {
      const now = conversation(id)?.lastReadSeq ?? 0;
      if (now < before) thread.hold(now + 1);
      else if (now >= (thread.unreadFrom.peek() ?? Infinity)) thread.held = false;
      before = now;
    });
  }, [id, thread]);
}

/** The divider goes 4 s after everything was read. */
export function useDividerFades(room: Conversation, thread: OpenThread): void {
  const done = thread.unreadFrom.value !== null && room.unread === 0;
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => (thread.unreadFrom.value = null), 4_000);
    return () => clearTimeout(timer);
  }, [done, thread]);
}
