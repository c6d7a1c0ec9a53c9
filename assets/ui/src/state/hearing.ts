/** What the connection tells, and which parts of the state hear it. */

import { batch } from "@preact/signals";
import { t } from "../lib/text";
import type { Message, ServerState } from "../lib/wire";
import type { SharedLine } from "../realtime/shared";
import { callMe, confirmSession, myId, sessionEnded } from "./account";
import * as list from "./conversations";
import { newDevice, notedDevice } from "./devices";
import { heardDraft, syncDrafts } from "./drafts";
import { leaveEdit } from "./edits";
import { forgetHouse, house } from "./house";
import type { Reads } from "./reads";
import type { AnyUpdate } from "./roomEvents";
import type { Pace } from "./pace";
import type { LinkState, Reconnector } from "./reconnector";
import { search } from "./searching";
import type { Change, Sending } from "./sending";
import type { Threads } from "./threads";
import { toast } from "./toasts";
import type { TypingTracker } from "./typing";

/** The parts that hear. */
export interface Parts {
  realtime: SharedLine;
  link: Reconnector;
  typing: TypingTracker;
  sending: Sending;
  threads: Threads;
  reads: Reads;
  pace: Pace;
  /** Whether somebody has this conversation open in this tab. */
  isOpen(conversationId: string): boolean;
  after(ms: number, task: () => void): void;
}

/** A message was stored. */
export function arrived({ threads, typing, pace }: Pick<Parts, "threads" | "typing" | "pace">, message: Message): void {
  batch(() => {
    threads.find(message.conversationId)?.receive(message, !pace.crowded);
    list.applyMessage(message, myId());
    typing.stopped(message.conversationId, message.senderId);
  });
}

/** A message has other words now, or was deleted. */
export function changed({ threads }: Pick<Parts, "threads">, message: Message): void {
  batch(() => {
    if (message.deletedAt !== undefined) leaveEdit(message.id);
    threads.find(message.conversationId)?.update(message);
    list.applyChange(message);
    search.update(message);
  });
}

/** The server says something else about these lines than what was kept of them here, or more. */
export function mend({ threads }: Pick<Parts, "threads">, id: string, lines: readonly Message[]): void {
  const thread = threads.find(id);
  if (thread === undefined) return;
  const here = new Map(thread.messages.peek().map((line) => [line.id, line]));
  const told = (line: Message) => JSON.stringify({ ...line, clientId: undefined });
  batch(() => {
    for (const line of lines) {
      const known = here.get(line.id);
      if (known !== undefined && told(known) !== told(line)) thread.update(line);
    }
  });
  void thread.catchUp(lines.at(-1)?.seq ?? 0);
}

/** After a connection that replayed nothing: the list, and what the open pages missed. */
async function resync({ threads, isOpen }: Parts): Promise<void> {
  await list.loadList();
  for (const [id, thread] of threads.all()) {
    if (isOpen(id)) void thread.catchUp(list.conversation(id)?.lastSeq ?? 0);
  }
}

/** What could not be loaded without a connection is asked for again. */
function reopen({ threads, isOpen }: Parts): void {
  if (list.listFailure.peek() !== null) void list.loadList();
  for (const [id, thread] of threads.all()) {
    const room = list.conversation(id);
    if (!isOpen(id) || thread.failure.peek() === null) continue;
    thread.failure.value = null;
    if (thread.phase.peek() === "failed" && room !== undefined) void thread.open(room.lastReadSeq, room.lastSeq);
  }
}

/** Lets the parts hear. */
export function hear(parts: Parts): void {
  const { realtime, threads, typing, reads, pace, sending } = parts;
  const { events } = realtime;
  hearTheLink(parts);
  hearTheTabs(parts);
  events.on("session-started", (device) => (newDevice.value = device));
  events.on("session-ended", ({ code }) => void sessionEnded(code));
  for (const name of ["new-message", "message-sent"] as const) {
    events.on(name, (message) =>
      pace.run(() => {
        arrived(parts, message);
        if (message.clientId !== undefined && message.senderId === myId()) parts.sending.outbox.confirm(message);
      }),
    );
  }
  events.on("message-updated", (message) => pace.run(() => changed(parts, message)));
  events.on("draft-updated", heardDraft);
  events.on("user-typing", (data) => typing.started(data.conversationId, data));
  events.on("user-stop-typing", (data) => typing.stopped(data.conversationId, data.userId));
  events.on("message-read", (data) => pace.run(() => list.applyRead(data.conversationId, data.userId, data.seq, data.userId === myId())));
  events.on("server-state", (state) => {
    house.value = state;
    if (state.writable) parts.sending.resume();
    else parts.sending.uploads.pause();
  });
  events.on("user-status", (status) => list.applyStatus(status));
  events.on("user-updated", (who) => {
    batch(() => {
      list.applyName(who);
      for (const [, thread] of threads.all()) thread.rename(who);
      if (who.id === myId()) callMe(who);
    });
  });
  events.on("conversation-updated", (update) => pace.run(() => updated(parts, update)));
  events.on("conversation-removed", ({ conversationId, reason }) =>
    pace.run(() => {
      const title = list.conversation(conversationId)?.title;
      if (reason === "deleted") {
        if (title) toast({ text: t("page.deleted", { title }) });
        // There is nowhere left to send them.
        for (const line of sending.outbox.items.peek()) if (line.conversationId === conversationId) sending.outbox.discard(line.clientId);
      }
      list.forget(conversationId);
      threads.forget(conversationId);
      reads.forget(conversationId);
    }),
  );
}

function updated(parts: Parts, update: AnyUpdate): void {
  list.applyUpdate(update, myId());
  if (update.reason === "read") return parts.reads.confirm(update.conversationId, update.lastReadSeq);
  if (update.reason === "settings") return;
  const thread = parts.threads.find(update.conversationId);
  // A joined page normally has the line already; look a little later whether it is missing.
  if (thread !== undefined && parts.isOpen(update.conversationId)) parts.after(1_500, () => void thread.catchUp(update.lastSeq));
}

/** The connection itself. */
function hearTheLink(parts: Parts): void {
  const { realtime, link, sending, typing, reads } = parts;
  const { events } = realtime;
  events.on("opened", ({ recovered }) => {
    link.opened();
    forgetHouse();
    if (realtime.leading) reads.resend();
    if (!recovered) void resync(parts);
    void confirmSession();
    reopen(parts);
    sending.resume();
    void syncDrafts();
  });
  events.on("lost", ({ restarting }) => {
    sending.uploads.pause();
    typing.clear();
    if (realtime.leading) link.failed(restarting);
  });
  events.on("refused", ({ code }) => {
    // Tried again in any case: somebody may be in by then. If nobody is, leaving stops it.
    if (realtime.leading) link.failed();
    if (code === "unauthorized") void sessionEnded("session_ended");
  });
}

/** The tabs among each other. */
function hearTheTabs({ realtime, link, sending, reads }: Parts): void {
  const { events } = realtime;
  events.on("lead", () => link.start());
  events.on("came", () => {
    realtime.share("link", link.state);
    realtime.share("house", house.peek());
  });
  events.on("shared", ({ topic, data }) => {
    if (topic === "link" && !realtime.leading) link.mirror(data as LinkState);
    if (topic === "device") notedDevice.value = data as string;
    if (topic === "house") house.value = data as ServerState;
    if (topic === "try-now" && realtime.leading) link.tryNow();
    if (topic === "line") sending.hear(data as Change);
    if (topic === "read") {
      const read = data as Parameters<Reads["add"]>[0];
      list.applyRead(read.conversationId, myId(), read.seq, true);
      reads.add(read);
    }
  });
}
