/**
 * The running whole: one connection over all tabs, one send queue, the open pages. The only module
 * that knows all the parts of the state.
 */

import { effect, signal, untracked } from "@preact/signals";
import { SharedLine } from "../realtime/shared";
import { SocketLine } from "../realtime/socket";
import { openChannel } from "../realtime/tabs";
import type { Message } from "../lib/wire";
import { loadKept, saveKept } from "../cache/copy";
import { followTabs, myId, session } from "./account";
import { breath } from "./breath";
import { Copy } from "./copy";
import * as list from "./conversations";
import { newDevice } from "./devices";
import { closeDrafts, flushDrafts, openDrafts } from "./drafts";
import { closeEdits, openEdits } from "./edits";
import * as hearing from "./hearing";
import { Pace } from "./pace";
import { runNotices } from "./notify";
import { Reads, type Read } from "./reads";
import { Reconnector } from "./reconnector";
import { search } from "./searching";
import { Sending } from "./sending";
import type { Thread } from "./thread";
import { Threads } from "./threads";
import { clearToasts } from "./toasts";
import { TypingTracker } from "./typing";
import { lookForUpdate, runWorker } from "./worker";

const after = (ms: number, task: () => void): (() => void) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};

/** The connection of all tabs; components never see it. */
export const realtime = new SharedLine({
  socket: new SocketLine(),
  locks: (navigator as Partial<Navigator>).locks ?? null,
  open: openChannel,
  newId: () => crypto.randomUUID(),
  after,
});

/** When the connection is tried again. */
export const link = new Reconnector({
  connect: () => realtime.connect(),
  now: () => Date.now(),
  random: () => Math.random(),
  after,
});

/** Who is writing. */
export const typing = new TypingTracker(after);

/** Lines and files on their way to the server. */
export const sending = new Sending(
  realtime,
  (message) => {
    pace.flush();
    hearing.arrived(parts, message);
  },
  after,
);
export const { outbox, uploads } = sending;

/** Where a notification that was clicked leads; the page goes there and forgets it. */
export const openedUrl = signal<string | null>(null);

const joined = new Map<string, number>();
const copy = new Copy(realtime, (id, page) => hearing.mend(parts, id, page.messages));
const threads = new Threads((id) => joined.has(id), (id) => (wish) => copy.page(id, wish));
const reads = new Reads(
  ({ conversationId, messageId }) => realtime.leading && realtime.tell("mark-message-read", { conversationId, messageId }),
  (all) => realtime.leading && void saveKept("reads", all),
);
const pace = new Pace(after, breath);
const parts: hearing.Parts = { realtime, link, typing, sending, threads, reads, pace, isOpen: (id) => joined.has(id), after };

/** The page of a conversation. */
export const threadOf = (id: string): Thread => threads.open(id);

/** Hears a conversation's messages, typing and receipts until the returned function is called. */
export function join(id: string): () => void {
  joined.set(id, (joined.get(id) ?? 0) + 1);
  if (joined.get(id) === 1) {
    copy.touch(id);
    showTab();
  }
  return () => {
    const count = (joined.get(id) ?? 1) - 1;
    if (count > 0) return void joined.set(id, count);
    joined.delete(id);
    showTab();
  };
}

/** Tells the server, now or when there is a connection, that we have read up to this message. */
export function markRead(message: { conversationId: string; messageId: string; seq: number }): void {
  const { conversationId, messageId, seq } = message;
  if ((list.conversation(conversationId)?.lastReadSeq ?? 0) >= seq) return;
  list.applyRead(conversationId, myId(), seq, true);
  reads.add({ conversationId, messageId, seq });
  realtime.share("read", { conversationId, messageId, seq });
}

/** A message has other words now, or was deleted. */
export const changed = (message: Message): void => hearing.changed(parts, message);

/** Tries the connection now, whichever tab has it. */
export function tryNow(): void {
  if (realtime.leading) link.tryNow();
  else realtime.share("try-now", null);
}

/** Signs the whole up for the session: starts when somebody is in, stops when nobody is. */
export function runLive(): void {
  hearing.hear(parts);
  followTabs();
  const open = (url: string) => (openedUrl.value = url);
  runNotices(realtime, after, open);
  void runWorker(open);
  realtime.events.on("opened", lookForUpdate);
  effect(() => {
    const userId = session.value.phase === "in" ? (session.value.user?.id ?? "") : "";
    untracked(() => (userId === "" ? stop() : start(userId)));
  });
  effect(() => {
    void copy.opened.value;
    untracked(showTab);
  });
  effect(() => {
    const { state } = link;
    if (realtime.leading) realtime.share("link", state);
  });
  addEventListener("online", tryNow);
  document.addEventListener("visibilitychange", () => {
    showTab();
    if (document.visibilityState === "visible") tryNow();
    else {
      flushDrafts();
      copy.flush();
    }
  });
  addEventListener("pagehide", () => copy.flush());
  for (const name of ["focus", "blur"]) addEventListener(name, showTab);
}

/** Tells the other tabs what is open and seen in this one. */
function showTab(): void {
  const visible = document.visibilityState === "visible";
  const [open] = joined.keys();
  realtime.show({ visible, joins: [...joined.keys(), ...copy.opened.peek()], looking: visible && document.hasFocus() ? (open ?? null) : null });
}

let running = "";

function start(userId: string): void {
  if (running === userId) return;
  stop();
  running = userId;
  void sending.open(userId);
  openDrafts(userId);
  openEdits(userId);
  void takeUp(userId);
}

/** What is kept is there first; then the server is asked. */
async function takeUp(userId: string): Promise<void> {
  const [position, unsent] = await Promise.all([copy.open(), loadKept<Read[]>("reads")]);
  if (running !== userId) return;
  for (const read of unsent ?? []) {
    list.applyRead(read.conversationId, userId, read.seq, true);
    reads.add(read);
  }
  void list.loadList();
  for (const id of joined.keys()) copy.touch(id);
  showTab();
  realtime.open(userId, position);
}

function stop(): void {
  if (running === "") return;
  running = "";
  link.stop();
  pace.clear();
  realtime.close();
  copy.close();
  sending.close();
  closeDrafts();
  closeEdits();
  typing.clear();
  threads.forget();
  search.forget();
  reads.forget();
  list.clearList();
  newDevice.value = null;
  clearToasts();
}
