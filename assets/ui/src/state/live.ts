/**
 * The running whole: one socket, one send queue, the open pages, and how events reach them. The
 * only module that knows all the parts of the state.
 */

import { batch, effect, untracked } from "@preact/signals";
import { Realtime } from "../realtime/socket";
import type { Message } from "../lib/wire";
import { callMe, leave, myId, session } from "./account";
import * as list from "./conversations";
import { closeDrafts, openDrafts } from "./drafts";
import { Reconnector } from "./reconnector";
import { search } from "./searching";
import { Sending } from "./sending";
import type { Thread } from "./thread";
import { Threads } from "./threads";
import { TypingTracker } from "./typing";

const after = (ms: number, task: () => void): (() => void) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};

/** The socket; components never see it. */
export const realtime = new Realtime();

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
export const sending = new Sending(realtime, arrived, after);
export const { outbox, uploads } = sending;

const joined = new Map<string, number>();
const threads = new Threads((id) => joined.has(id));
const unsentReads = new Map<string, { messageId: string; seq: number }>();

/** The page of a conversation. */
export const threadOf = (id: string): Thread => threads.open(id);

/** Hears a conversation's messages, typing and receipts until the returned function is called. */
export function join(id: string): () => void {
  joined.set(id, (joined.get(id) ?? 0) + 1);
  if (joined.get(id) === 1) realtime.tell("join-conversation", id);
  return () => {
    const count = (joined.get(id) ?? 1) - 1;
    if (count > 0) return void joined.set(id, count);
    joined.delete(id);
    realtime.tell("leave-conversation", id);
  };
}

/** Tells the server, now or when there is a connection, that we have read up to this message. */
export function markRead(message: { conversationId: string; messageId: string; seq: number }): void {
  const { conversationId, messageId, seq } = message;
  if ((list.conversation(conversationId)?.lastReadSeq ?? 0) >= seq) return;
  list.applyRead(conversationId, myId(), seq, true);
  unsentReads.set(conversationId, { messageId, seq });
  if (realtime.connected) sendReads();
}

/** Signs the whole up for the session: starts when somebody is in, stops when nobody is. */
export function runLive(): void {
  effect(() => {
    const userId = session.value.phase === "in" ? (session.value.user?.id ?? "") : "";
    untracked(() => (userId === "" ? stop() : start(userId)));
  });
  addEventListener("online", () => link.tryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") link.tryNow();
  });
}

let running = "";

function start(userId: string): void {
  if (running === userId) return;
  stop();
  running = userId;
  void sending.open(userId);
  void openDrafts(userId);
  void list.loadList();
  link.start();
}

function stop(): void {
  if (running === "") return;
  running = "";
  link.stop();
  realtime.disconnect();
  sending.close();
  closeDrafts();
  typing.clear();
  threads.forget();
  search.forget();
  unsentReads.clear();
  list.clearList();
}

/** After a connection that replayed nothing: the list, and what the open pages missed. */
async function resync(): Promise<void> {
  await list.loadList();
  for (const [id, thread] of threads.all()) {
    if (joined.has(id)) void thread.catchUp(list.conversation(id)?.lastSeq ?? 0);
  }
}

function arrived(message: Message): void {
  batch(() => {
    threads.find(message.conversationId)?.receive(message);
    list.applyMessage(message, myId());
    typing.stopped(message.conversationId, message.senderId);
  });
}

/** A message has other words now, or was deleted. */
export function changed(message: Message): void {
  batch(() => {
    threads.find(message.conversationId)?.update(message);
    list.applyChange(message);
    search.update(message);
  });
}

function sendReads(): void {
  for (const [conversationId, { messageId }] of unsentReads) {
    realtime.tell("mark-message-read", { conversationId, messageId });
  }
  unsentReads.clear();
}

const { events } = realtime;
events.on("opened", ({ recovered }) => {
  link.opened();
  for (const id of joined.keys()) realtime.tell("join-conversation", id);
  sendReads();
  if (!recovered) void resync();
  sending.resume();
});
events.on("lost", () => {
  uploads.pause();
  typing.clear();
  link.failed();
});
events.on("refused", ({ code }) => (code === "unauthorized" ? leave("session_ended") : link.failed()));
events.on("session-ended", ({ code }) => leave(code));
for (const name of ["new-message", "message-sent"] as const) {
  events.on(name, (message) => {
    batch(() => {
      arrived(message);
      if (message.clientId !== undefined && message.senderId === myId()) outbox.confirm(message);
    });
  });
}
events.on("message-updated", changed);
events.on("user-typing", (data) => typing.started(data.conversationId, data));
events.on("user-stop-typing", (data) => typing.stopped(data.conversationId, data.userId));
events.on("message-read", (data) =>
  list.applyRead(data.conversationId, data.userId, data.seq, data.userId === myId()),
);
events.on("user-status", (status) => list.applyStatus(status));
events.on("user-updated", (who) => {
  batch(() => {
    list.applyName(who);
    for (const [, thread] of threads.all()) thread.rename(who);
    if (who.id === myId()) callMe(who);
  });
});
events.on("conversation-updated", (update) => {
  list.applyUpdate(update, myId());
  if (update.reason === "read" || update.reason === "settings") return;
  const thread = threads.find(update.conversationId);
  // A joined page normally has the line already; look a little later whether it is missing.
  if (thread !== undefined && joined.has(update.conversationId)) {
    after(1_500, () => void thread.catchUp(update.lastSeq));
  }
});
events.on("conversation-removed", ({ conversationId }) => {
  list.forget(conversationId);
  threads.forget(conversationId);
});
