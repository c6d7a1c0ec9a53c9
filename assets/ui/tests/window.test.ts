import { expect, test } from "vitest";
import { Thread } from "../src/state/thread";
import { around, joined, type Place } from "../src/state/window";
import { faviconOf } from "../src/lib/favicon";
import { History, message, settle } from "./support";

const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => ({ seq: from + i }));
const seqs = (all: readonly { seq: number }[]) => [all[0]?.seq, all.at(-1)?.seq, all.length];
const at = (seq: number, shown = 20): Place => ({ seq, top: 0, shown, atEnd: false });

test("lines that touch are joined on both sides, lines that don't would tear a gap", () => {
  expect(seqs(joined(lines(51, 100), lines(1, 50)))).toEqual([1, 100, 100]);
  expect(seqs(joined(lines(51, 100), lines(101, 150)))).toEqual([51, 150, 100]);
  expect(seqs(joined(lines(51, 100), lines(90, 120)))).toEqual([51, 120, 70]);
  expect(seqs(joined(lines(51, 100), lines(1, 49)))).toEqual([51, 100, 50]);
  expect(seqs(joined(lines(51, 100), lines(102, 150)))).toEqual([51, 100, 50]);
  expect(seqs(joined([], lines(7, 9)))).toEqual([7, 9, 3]);
});

test("what is far from the reader is let go, on the side that is farther", () => {
  expect(around(lines(1, 300), at(1))).toMatchObject({ older: false, newer: false });
  const top = around(lines(1, 350), at(10));
  expect([seqs(top.kept), top.older, top.newer]).toEqual([[1, 300, 300], false, true]);
  const end = around(lines(1, 350), at(330));
  expect([seqs(end.kept), end.older, end.newer]).toEqual([[51, 350, 300], true, false]);
  const middle = around(lines(1, 600), at(290));
  expect([seqs(middle.kept), middle.older, middle.newer]).toEqual([[150, 449, 300], true, true]);
  expect(seqs(around(lines(1, 350), null).kept)).toEqual([51, 350, 300]);
});

test("where very much fits a screen, some screens are kept", () => {
  const { kept } = around(lines(1, 2_000), at(900, 200));
  expect(kept).toHaveLength(1_200);
  expect(kept.some((line) => line.seq === 900) && kept.some((line) => line.seq === 1_100)).toBe(true);
});

async function opened(size: number) {
  const history = new History(size);
  const thread = new Thread(history.fetch);
  await thread.open(size, size);
  return { history, thread };
}

test("two hundred pages up and down again: never more than the window, never a gap", async () => {
  const { thread } = await opened(10_100);
  const check = () => {
    const all = thread.messages.value;
    expect(all.length).toBeLessThanOrEqual(300);
    expect(all.at(-1)?.seq).toBe((all[0]?.seq ?? 0) + all.length - 1);
  };
  for (let page = 0; page < 201; page += 1) {
    thread.place = at(thread.oldest + 5);
    await thread.loadOlder();
    check();
  }
  expect([thread.oldest, thread.hasOlder.value, thread.hasNewer.value]).toEqual([1, false, true]);
  for (let page = 0; page < 201; page += 1) {
    thread.place = at(thread.newest - 25);
    await thread.loadNewer();
    check();
  }
  expect([thread.newest, thread.hasOlder.value, thread.hasNewer.value]).toEqual([10_100, true, false]);
});

test("live lines never let go of what one reads further up; the rest comes by reading on", async () => {
  const { thread } = await opened(200);
  await thread.loadOlder();
  thread.place = at(105);
  for (let seq = 201; seq <= 700; seq += 1) thread.receive(message(seq));
  expect(thread.messages.value.some((line) => line.seq === 105)).toBe(true);
  expect(thread.hasNewer.value).toBe(true);
  expect(thread.newest).toBeLessThan(700);
});

test("an older page that comes after its neighbours were let go is left out, and says nothing about the beginning", async () => {
  const { thread, history } = await opened(340);
  for (let page = 0; page < 5; page += 1) await thread.loadOlder();
  thread.place = at(300);
  history.before = () => {
    history.before = () => undefined;
    for (let seq = 341; seq <= 400; seq += 1) thread.receive(message(seq));
  };
  const first = thread.oldest;
  await thread.loadOlder();
  expect(thread.oldest).toBeGreaterThan(first);
  expect(thread.hasOlder.value).toBe(true);
});

test("a page that was asked for before a jump is not mixed with the lines after it", async () => {
  const { thread, history } = await opened(1_000);
  let jumped: Promise<void> | null = null;
  history.before = () => {
    history.before = () => undefined;
    jumped = thread.show(100);
  };
  await thread.loadOlder();
  await jumped;
  await settle();
  expect([thread.oldest, thread.newest]).toEqual([75, 125]);
});

test("away and back: the place is kept while nothing is new, and forgotten when something is", async () => {
  const { thread } = await opened(500);
  thread.place = at(460);
  await thread.open(500, 500);
  expect(thread.place?.seq).toBe(460);
  await thread.open(500, 501);
  expect(thread.place).toBeNull();
});

test("marked unread holds until the page is opened again", async () => {
  const { thread } = await opened(50);
  thread.hold(40);
  expect([thread.held, thread.unreadFrom.value]).toEqual([true, 40]);
  await thread.open(39, 50);
  expect(thread.held).toBe(false);
});

test("the icon says nothing, something, or how many want one", () => {
  const ink = { ink: "#1f4e9e", on: "#fff" };
  expect(faviconOf({ unread: false, mentions: 0, ...ink })).toBeNull();
  expect(faviconOf({ unread: true, mentions: 0, ...ink })).not.toContain("text-anchor");
  expect(decodeURIComponent(faviconOf({ unread: true, mentions: 3, ...ink }) ?? "")).toContain(">3<");
  expect(decodeURIComponent(faviconOf({ unread: true, mentions: 12, ...ink }) ?? "")).toContain(">9+<");
});
