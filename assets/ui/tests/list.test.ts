import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clearList, conversation, listFailure, loadList, loadMoreList, sortedConversations } from "../src/state/conversations";
import { room } from "./support";

const SIZE = 330;
const asked: (string | null)[] = [];
/** Pages that can't be had are these. */
let broken: (string | null)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  broken = [];
  vi.stubGlobal("fetch", async (url: string) => {
    const { searchParams } = new URL(url, "https://here.example");
    const cursor = searchParams.get("cursor");
    asked.push(cursor);
    // As long as it takes until the next one is asked for by itself.
    await new Promise((done) => setTimeout(done, 300));
    if (broken.includes(cursor)) throw new TypeError("down");
    const from = Number(cursor ?? 0);
    const to = Math.min(SIZE, from + Number(searchParams.get("limit")));
    const conversations = Array.from({ length: to - from }, (_, i) => room({ id: `c${from + i}` }));
    return new Response(JSON.stringify({ conversations, next: to < SIZE ? String(to) : null }));
  });
});
afterEach(() => {
  clearList();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the rest of the list comes by itself, each page once", async () => {
  void loadList();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sortedConversations.value).toHaveLength(SIZE);
  expect(asked).toHaveLength(new Set(asked).size);
});

test("who scrolls to the end meanwhile keeps nothing of it away", async () => {
  for (const after of [350, 500, 600, 650, 800, 900, 1_200]) {
    clearList();
    asked.length = 0;
    void loadList();
    await vi.advanceTimersByTimeAsync(after);
    void loadMoreList();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sortedConversations.value, `scrolled after ${after} ms`).toHaveLength(SIZE);
    expect(asked).toHaveLength(new Set(asked).size);
  }
});

test("a list that is loaded again while the rest of it comes is loaded to its end", async () => {
  for (const after of [100, 350, 500, 650, 900, 1_200]) {
    clearList();
    void loadList();
    await vi.advanceTimersByTimeAsync(after);
    void loadList();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sortedConversations.value, `again after ${after} ms`).toHaveLength(SIZE);
  }
});

test("a page that can't be had is known to be missing, and comes when the list is loaded again", async () => {
  broken = ["50", "100", "150", "200", "300"];
  void loadList();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(listFailure.value).not.toBeNull();
  expect(conversation(`c${SIZE - 1}`)).toBeUndefined();
  broken = [];
  void loadList();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([listFailure.value, sortedConversations.value.length]).toEqual([null, SIZE]);
});

test("a page that is refused for a while is asked for again, and not for ever", async () => {
  broken = ["150"];
  void loadList();
  await vi.advanceTimersByTimeAsync(5_000);
  broken = [];
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sortedConversations.value).toHaveLength(SIZE);

  clearList();
  asked.length = 0;
  broken = ["150"];
  void loadList();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked.filter((cursor) => cursor === "150")).toHaveLength(5);
});
