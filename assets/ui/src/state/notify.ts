/** Notifications and the badge of the app: what is worth one, and taking it away when it was read elsewhere. */

import { effect, untracked } from "@preact/signals";
import { pref } from "../cache/prefs";
import { at } from "../lib/base";
import { plainText } from "../lib/markdown/plain";
import { t } from "../lib/text";
import type { Conversation, Message } from "../lib/wire";
import type { SharedLine } from "../realtime/shared";
import { myId } from "./account";
import { conversation, sortedConversations } from "./conversations";
import { Gathering, type Gathered } from "./gathering";
import { standingUnread } from "./standing";
import { workerRegistration } from "./worker";

/** What is older than this when it comes is no news, in ms. */
const FRESH = 120_000;
const LONGEST = 200;

/** Whether a message calls `me` by name, or everybody. */
export function isCall(message: Message, room: Conversation, me: string): boolean {
  return message.mentions.includes(me) || (room.isGroup && message.mentions.includes("all"));
}

/** Whether a message is worth a notification to `me`; `call`: they were called by it, or by one that came with it. */
export function isWorthIt(message: Message, room: Conversation, me: string, notify: "off" | "mentions" | "all", call: boolean): boolean {
  if (notify === "off" || message.senderId === me || message.deletedAt !== undefined || message.seq <= room.lastReadSeq) return false;
  if (call) return true;
  if (room.muted) return false;
  return notify === "all" || !room.isGroup;
}

/** Whether somebody was called since, and did not just take their reading mark back. */
const isCalledMore = (before: Conversation | undefined, now: Conversation): boolean =>
  before !== undefined && now.mentions > before.mentions && now.lastReadSeq >= before.lastReadSeq;

/** The notice of a conversation that was not taken away yet. */
interface Shown {
  lines: Gathering;
  page: Promise<Notification | null>;
}

type After = (ms: number, task: () => void) => () => void;

/** Shows notifications, in the tab that leads, until the page ends; `open` leads to an address. */
export function runNotices(realtime: SharedLine, after: After, open: (url: string) => void): void {
  const shown = new Map<string, Shown>();
  const begin = (id: string): Shown => {
    const lines = new Gathering({
      now: () => Date.now(),
      after,
      show: (gathered) => {
        const room = conversation(id);
        if (room !== undefined && !realtime.lookedAt.includes(id)) notice.page = show(gathered, room, open);
      },
    });
    const notice: Shown = { lines, page: Promise.resolve(null) };
    shown.set(id, notice);
    return notice;
  };
  const heard = (message: Message | null | undefined, called = false) => {
    if (!message || !realtime.leading || typeof Notification === "undefined") return;
    const room = conversation(message.conversationId);
    if (room === undefined || Date.now() - Date.parse(message.createdAt) > FRESH) return;
    if ((shown.get(room.id)?.lines.seq ?? 0) >= message.seq || realtime.lookedAt.includes(room.id)) return;
    const call = called || isCall(message, room, myId());
    if (!isWorthIt(message, room, myId(), pref("notify").peek(), call)) return;
    // Last: the page stands still while the browser is asked.
    if (Notification.permission !== "granted") return;
    const { lines } = shown.get(room.id) ?? begin(room.id);
    lines.add(message, call);
  };
  realtime.events.on("new-message", (message) => heard(message));
  realtime.events.on("conversation-updated", (update) => "lastMessage" in update && update.reason === "message" && heard(update.lastMessage));
  let before: ReadonlyMap<string, Conversation> = new Map();
  effect(() => {
    const rooms = new Map(sortedConversations.value.map((room) => [room.id, room]));
    const last = before;
    before = rooms;
    // Of lines that came together only the newest is told; that another one called is seen by their number.
    for (const [id, room] of rooms) if (isCalledMore(last.get(id), room)) untracked(() => heard(room.lastMessage, true));
    for (const [id, { lines, page }] of shown) {
      const room = rooms.get(id);
      if (room !== undefined && room.lastReadSeq < lines.seq) continue;
      shown.delete(id);
      lines.end();
      void takeAway(id, page);
    }
  });
  effect(() => {
    const { setAppBadge, clearAppBadge } = navigator as Partial<Navigator>;
    const n = standingUnread.value;
    void (n > 0 ? setAppBadge?.call(navigator, n) : clearAppBadge?.call(navigator))?.catch(() => undefined);
  });
}

async function takeAway(tag: string, page: Promise<Notification | null>): Promise<void> {
  (await page)?.close();
  const worker = await workerRegistration();
  for (const each of (await worker?.getNotifications({ tag })) ?? []) each.close();
}

/** One notification for a conversation, with how many lines wait there; a newer one takes its place. Gives it where it is the page's own. */
async function show({ message, aloud }: Gathered, room: Conversation, open: (url: string) => void): Promise<Notification | null> {
  const name = message.sender.displayName;
  // As the list counts them: of a flood not every line is heard.
  const count = message.seq - room.lastReadSeq;
  const words = plainText(message.content).slice(0, LONGEST) || t("notify.files");
  const text = !pref("notifyWords").peek() ? t("notify.hidden", { n: count }) : room.isGroup ? t("notify.line", { name, text: words }) : words;
  const url = `/conversations/${room.id}/${message.seq}`;
  const options = {
    body: count > 1 && pref("notifyWords").peek() ? `${text}\n${t("notify.hidden", { n: count })}` : text,
    tag: room.id,
    renotify: aloud,
    silent: !aloud || !pref("notifySound").peek(),
    icon: at("/icons/icon-192.png"),
    badge: at("/icons/badge-96.png"),
    timestamp: Date.parse(message.createdAt),
    data: { url },
  };
  const title = room.isGroup ? (room.title ?? t("app.name")) : name;
  const worker = await workerRegistration();
  if (worker !== null) {
    await worker.showNotification(title, options).catch(() => undefined);
    return null;
  }
  const notice = new Notification(title, options);
  notice.onclick = () => {
    window.focus();
    notice.close();
    open(url);
  };
  return notice;
}
