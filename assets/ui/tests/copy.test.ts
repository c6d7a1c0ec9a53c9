import "fake-indexeddb/auto";
import { openDB } from "idb";
import { beforeEach, expect, test } from "vitest";
import { clearCopy, forgetLines, LINES, loadKept, loadLines, loadRooms, saveKept, saveLines, saveRooms } from "../src/cache/copy";
import { pageOf, rangeOf } from "../src/lib/pages";
import type { Conversation } from "../src/lib/wire";
import { message } from "./support";

beforeEach(clearCopy);

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
const seqs = (lines: readonly { seq: number }[] | undefined) => lines?.map((line) => line.seq);

test("lines are kept by conversation, without what only one tab knows", async () => {
  await saveLines([message(1, { clientId: "x" }), message(2), message(1, { conversationId: "d" })], { pid: "p", offset: "e:2" });
  expect(seqs(await loadLines("c"))).toEqual([1, 2]);
  expect((await loadLines("c"))[0]).not.toHaveProperty("clientId");
  expect(await loadKept("position")).toEqual({ pid: "p", offset: "e:2" });
  await forgetLines("c");
  expect(await loadLines("c")).toEqual([]);
  expect(await loadLines("d")).toHaveLength(1);
});

test("a deleted line is erased from the copy, and an answer that was on its way brings nothing back", async () => {
  const before = message(1, { content: "a secret" });
  await saveLines([before]);
  await saveLines([{ ...before, content: "", deletedAt: "2027-01-01T00:00:00.000Z", updatedAt: "2027-01-01T00:00:00.000Z" }]);
  await saveLines([before]);
  expect(JSON.stringify(await loadLines("c"))).not.toContain("secret");
});

test("the newest lines stay, by number and by size", async () => {
  await saveLines(range(1, LINES + 30));
  expect((await loadLines("c"))[0]?.seq).toBe(31);
  expect(await loadLines("c")).toHaveLength(LINES);
  await saveLines(range(1001, 1300).map((line) => ({ ...line, content: "x".repeat(8_000) })));
  const kept = await loadLines("c");
  expect(kept.at(-1)?.seq).toBe(1300);
  expect(kept.length).toBeLessThan(120);
});

test("what is below all that is kept is not kept either, and a few lines come and go without looking at all", async () => {
  await saveLines(range(1_001, 1_000 + LINES));
  await saveLines(range(1_001 + LINES, 1_010 + LINES));
  const kept = await loadLines("c");
  expect([kept.length, kept.at(-1)?.seq]).toEqual([LINES + 10, 1_010 + LINES]);
  await saveLines(range(1_011 + LINES, 1_100 + LINES));
  expect((await loadLines("c")).length).toBe(LINES);
  await saveLines(range(1, 50));
  expect((await loadLines("c"))[0]?.seq).toBe(1_101);
});

test("a line that another tab has kept is erased here, too", async () => {
  await saveLines(range(1, LINES + 100));
  const base = await openDB("inkspot");
  await base.put("lines", message(50, { content: "a secret" }));
  base.close();
  await saveLines([message(50, { content: "", updatedAt: "2027-01-01T00:00:00.000Z" })]);
  expect(JSON.stringify(await loadLines("c"))).not.toContain("secret");
});

test("of a page above or below only its part of the copy is read", async () => {
  await saveLines(range(1, 300));
  for (const wish of [{ before: "200" }, { after: "100" }, { after: "295" }, { before: "20" }]) {
    const lines = await loadLines("c", ...rangeOf(wish));
    expect(lines.length).toBeLessThan(60);
    expect(pageOf(lines, wish)).toEqual(pageOf(await loadLines("c"), wish));
  }
});

test("the list is kept, and everything is gone after signing out", async () => {
  await saveRooms([{ id: "a" }, { id: "b" }] as Conversation[], []);
  await saveRooms([{ id: "c" }] as Conversation[], ["a"]);
  expect((await loadRooms()).map((room) => room.id)).toEqual(["b", "c"]);
  await saveKept("owner", 1);
  await clearCopy();
  expect([await loadRooms(), await loadKept("owner")]).toEqual([[], undefined]);
});

test("a page of the copy has no gap, and says where more would be", () => {
  const lines = [...range(1, 40), ...range(101, 220)];
  expect(pageOf(lines, {})).toMatchObject({ before: "171", after: null, messages: { length: 50 } });
  expect(seqs(pageOf(lines, { before: "110" })?.messages)).toEqual(seqs(range(101, 109)));
  expect(pageOf(lines, { before: "101" })).toBeNull();
  expect(pageOf(lines, { after: "215" })).toMatchObject({ after: null, messages: { length: 5 } });
  expect(pageOf(lines, { after: "38" })).toMatchObject({ after: null, messages: { length: 2 } });
  expect(pageOf(lines, { around: 150 })).toMatchObject({ before: "125", after: "175" });
  expect(pageOf(lines, { around: 70 })).toBeNull();
  expect(seqs(pageOf(lines, { around: 999 })?.messages)?.at(-1)).toBe(220);
  expect(pageOf(range(1, 3), {})).toMatchObject({ before: null, after: null });
  expect(pageOf([], {})).toBeNull();
});
