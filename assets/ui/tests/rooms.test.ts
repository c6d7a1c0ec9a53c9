import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Conversation, ConversationUpdate } from "../src/lib/wire";
import { applyMessage, applyRead, applyUpdate, clearList, conversation, keep, totalUnread } from "../src/state/conversations";
import { message, room } from "./support";

const asked: string[] = [];
const answer = (body: Conversation) => new Response(JSON.stringify(body));
const now = () => conversation("c") as Conversation;
const update = (lastSeq: number, more: Partial<ConversationUpdate> = {}): ConversationUpdate => ({
  conversationId: "c",
  title: "Room",
  isGroup: true,
  lastSeq,
  lastMessage: message(lastSeq),
  updatedAt: message(lastSeq).createdAt,
  memberCount: 3,
  readOnly: false,
  reason: "message",
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  vi.stubGlobal("fetch", async (url: string) => (asked.push(url), answer(room({ lastSeq: 9, lastReadSeq: 4, mentions: 2 }))));
  keep(room({ lastSeq: 5, lastReadSeq: 4 }));
});
afterEach(() => {
  clearList();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a message that names me counts once, however often it is told", () => {
  const naming = message(6, { mentions: ["me"] });
  applyUpdate(update(6, { lastMessage: naming }), "me");
  applyMessage(naming, "me");
  expect([now().unread, now().mentions]).toEqual([2, 1]);
  applyMessage(message(7, { mentions: ["all"] }), "me");
  expect(now().mentions).toBe(2);
  applyRead("c", "me", 7, true);
  expect([now().unread, now().mentions]).toEqual([0, 0]);
});

test("my own words name nobody to me and leave nothing unread", () => {
  applyMessage(message(6, { senderId: "me", mentions: ["all"] }), "me");
  expect([now().unread, now().mentions]).toEqual([0, 0]);
});

test("where an update tells only the newest of several, the counts are asked for, but not for each", async () => {
  applyUpdate(update(8), "me");
  expect(asked).toEqual(["/api/conversations/c"]);
  applyUpdate(update(10), "me");
  applyUpdate(update(12), "me");
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(600);
  expect(asked).toHaveLength(2);
  expect(now().mentions).toBe(2);
});

test("reading ahead of the server stays; a mark that the server takes back is unread again", () => {
  applyRead("c", "me", 5, true);
  keep(room({ lastSeq: 5, lastReadSeq: 4 }));
  expect(now().unread).toBe(0);
  applyUpdate({ conversationId: "c", lastReadSeq: 5, reason: "read" }, "me");
  applyUpdate({ conversationId: "c", lastReadSeq: 2, reason: "read" }, "me");
  expect(now().unread).toBe(3);
  keep(room({ lastSeq: 5, lastReadSeq: 2 }));
  expect(now().unread).toBe(3);
});

test("what one knows already changes nothing, so that nothing is drawn again for it", () => {
  applyRead("c", "me", 5, true);
  const before = now();
  applyRead("c", "me", 5, true);
  applyRead("c", "me", 3, false);
  applyUpdate({ conversationId: "c", reason: "read", lastReadSeq: 5 }, "me");
  expect(now()).toBe(before);
  applyRead("c", "me", 6, true);
  expect(now()).not.toBe(before);
});

test("a new line brings back what was put away, unless it is muted", () => {
  keep(room({ lastSeq: 5, archived: true }));
  applyMessage(message(6), "me");
  expect(now().archived).toBe(false);
  keep(room({ lastSeq: 6, archived: true, muted: true }));
  applyMessage(message(7), "me");
  expect(now().archived).toBe(true);
});

test("of what is muted only what names me is counted in all", () => {
  keep(room({ id: "d", lastSeq: 30, lastReadSeq: 0, muted: true, mentions: 2 }));
  expect(totalUnread.value).toBe(3);
});
