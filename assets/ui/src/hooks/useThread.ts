/** The page of one conversation as rows: stored lines, waiting lines, days, the divider. */

import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import { lineOf, rowsOf, type Line, type Row } from "../lib/lines";
import type { Conversation } from "../lib/wire";
import type { OutboxItem } from "../cache/db";
import { myId, session } from "../state/account";
import { conversation, loadConversation } from "../state/conversations";
import { draftOf, setDraft } from "../state/drafts";
import { markRead, outbox, sending, threadOf } from "../state/live";

/** How far one's newest lines have come. */
export interface Receipts {
  /** The newest own line that is stored. */
  sentSeq: number;
  /** The newest own line that somebody has read, and who has read it. */
  readSeq: number;
  readers: readonly string[];
}

/** Opens the page of a conversation and keeps it open; `at` is the line to lead to. */
export function useThread(id: string, at: number | null = null) {
  const thread = useMemo(() => threadOf(id), [id]);
  useLayoutEffect(() => {
    const room = conversation(id);
    if (room !== undefined) void thread.open(room.lastReadSeq, room.lastSeq, at);
    else void loadConversation(id).then((it) => thread.open(it.lastReadSeq, it.lastSeq, at), () => undefined);
  }, [thread, id, at]);
  useEffect(() => (at === null ? undefined : onLinkToHere(() => void thread.show(at))), [thread, at]);
  const rows = useComputed<Row[]>(() => {
    const me = session.value.user;
    const stored = thread.messages.value.map(lineOf);
    // A page may bring a line before its confirmation comes.
    const here = new Set(stored.map((line) => line.clientId));
    const unsent = outbox.items.value.filter((item) => item.conversationId === id && !here.has(item.clientId));
    const waiting = thread.hasNewer.value ? [] : unsent.map((item) => waitingLine(item, me?.displayName ?? ""));
    const from = thread.unreadFrom.value;
    const count = thread.hasNewer.value ? (conversation(id)?.lastSeq ?? 0) - (from ?? 0) + 1 : null;
    return rowsOf([...stored, ...waiting], from === null ? null : { from, count }, me?.id ?? "");
  });
  return { thread, rows };
}

/** Calls `then` when a link to the very place is followed where one is already: for the router nothing has changed. */
function onLinkToHere(then: () => void): () => void {
  const clicked = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (plain && link?.href === location.href) then();
  };
  // Before the router has it: afterwards any link leads to where one is.
  addEventListener("click", clicked, true);
  return () => removeEventListener("click", clicked, true);
}

/** What one's own newest lines may say about themselves. */
export function receiptsOf(room: Conversation, rows: readonly Row[]): Receipts {
  const me = myId();
  const mine = rows.flatMap((row) => (row.kind === "line" && row.line.senderId === me ? (row.line.seq ?? []) : []));
  const others = room.members.filter((member) => member.id !== me);
  const furthest = Math.max(0, ...others.map((member) => member.lastReadSeq));
  const readSeq = mine.filter((seq) => seq <= furthest).at(-1) ?? 0;
  const readers = others.filter((member) => readSeq > 0 && member.lastReadSeq >= readSeq);
  return { sentSeq: mine.at(-1) ?? 0, readSeq, readers: readers.map((member) => member.displayName) };
}

/** Whether one's lines have come as far as before. */
export const sameReceipts = (before: Receipts, next: Receipts): boolean =>
  before.sentSeq === next.sentSeq && before.readSeq === next.readSeq && before.readers.join("\n") === next.readers.join("\n");

/** Marks everything up to this stored line as read. */
export function readUpTo(conversationId: string, seq: number): void {
  const thread = threadOf(conversationId);
  if (thread.held) return;
  const message = thread.messages.peek().find((each) => each.seq === seq);
  if (message !== undefined) markRead({ conversationId, messageId: message.id, seq });
}

/** Sends a failed line again. */
export const retryLine = (clientId: string): void => sending.retry(clientId);

/** Gives a failed line up. */
export const discardLine = (clientId: string): void => sending.discard(clientId);

/** Takes a line back whose files are still on their way; its words come back into an empty composer. */
export function takeBack(clientId: string): void {
  const item = outbox.items.peek().find((each) => each.clientId === clientId);
  if (item === undefined) return;
  if (draftOf(item.conversationId) === "") setDraft(item.conversationId, item.content);
  sending.discard(clientId);
}

/** Shows a line of a conversation, wherever in its history it is, and marks it. */
export async function showLine(conversationId: string, seq: number): Promise<void> {
  await threadOf(conversationId).show(seq);
}

function waitingLine(item: OutboxItem, senderName: string): Line {
  return {
    key: item.clientId,
    id: null,
    seq: null,
    senderId: item.userId,
    senderName,
    senderAvatar: undefined,
    content: item.content,
    conversationId: item.conversationId,
    mentions: null,
    attachments: [],
    uploads: item.uploads ?? [],
    editedAt: null,
    deleted: false,
    at: new Date(item.createdAt).toISOString(),
    clientId: item.clientId,
    failed: item.failed === undefined ? null : { code: item.failed, reason: item.reason ?? "" },
  };
}
