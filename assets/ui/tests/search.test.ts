import { expect, test } from "vitest";
import { Failure } from "../src/lib/failure";
import type { SearchPage } from "../src/lib/wire";
import { PAUSE, Search, type Question } from "../src/state/search";
import { message, settle, TestClock } from "./support";

const conversation = { id: "c", title: "Garden", isGroup: true, memberCount: 2 };
const hit = (seq: number) => ({ message: message(seq), conversation, highlights: [[0, 4]] as [number, number][] });
const page = (seqs: number[], next: string | null = null): SearchPage => ({ hits: seqs.map(hit), next, tookMs: 1, indexing: false });
const question = (q: string, names = q): Question => ({ q, within: null, names });

/** A server whose answers the test gives. */
class Desk {
  readonly asked: { q: string; cursor: string | null; signal: AbortSignal; give(page: SearchPage): void; refuse(error: Failure): void }[] = [];
  readonly names: string[] = [];
  readonly clock = new TestClock();
  readonly search = new Search(
    {
      messages: ({ q }, cursor, signal) =>
        new Promise((give, refuse) => {
          this.asked.push({ q, cursor, signal, give, refuse });
          signal.addEventListener("abort", () => refuse(new Failure({ code: "offline", message: "aborted" })));
        }),
      people: async (typed) => (this.names.push(typed), []),
      rooms: async () => {
        throw new Failure({ code: "offline", message: "no answer" });
      },
    },
    this.clock.after,
  );
  get seqs() {
    return this.search.answer.value?.hits.map((each) => each.message.seq);
  }
  get last() {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error("nothing was asked");
    return last;
  }
  async answered(q: string, seqs: number[], next: string | null = null) {
    this.search.ask(question(q));
    this.clock.advance(PAUSE);
    this.last.give(page(seqs, next));
    await settle();
  }
}

test("asks once after a pause, not with every key", async () => {
  const desk = new Desk();
  for (const q of ["r", "ra", "rai"]) {
    desk.search.ask(question(q));
    desk.clock.advance(PAUSE - 1);
  }
  expect(desk.asked).toHaveLength(0);
  expect(desk.search.busy.value).toBe(true);
  desk.clock.advance(1);
  expect(desk.asked.map((each) => each.q)).toEqual(["rai"]);
  desk.last.give(page([2, 1]));
  await settle();
  expect(desk.seqs).toEqual([2, 1]);
  expect(desk.search.busy.value).toBe(false);
});

test("the next question aborts the one before, whose late answer changes nothing", async () => {
  const desk = new Desk();
  await desk.answered("ra", [9]);
  desk.search.ask(question("rai"));
  desk.clock.advance(PAUSE);
  const late = desk.last;
  desk.search.ask(question("rain"));
  expect(late.signal.aborted).toBe(true);
  late.give(page([1]));
  await settle();
  expect(desk.seqs).toEqual([9]);
  expect(desk.search.failure.value).toBeNull();
  desk.clock.advance(PAUSE);
  desk.last.give(page([7]));
  await settle();
  expect(desk.seqs).toEqual([7]);
});

test("what was found stays until the next answer is there", async () => {
  const desk = new Desk();
  await desk.answered("ra", [3]);
  desk.search.ask(question("rain"));
  desk.clock.advance(PAUSE);
  expect(desk.seqs).toEqual([3]);
  expect(desk.search.busy.value).toBe(true);
});

test("the way back finds the answer without asking; an empty field empties the page", async () => {
  const desk = new Desk();
  await desk.answered("rain", [3]);
  await desk.answered("snow", [4]);
  desk.search.ask(question(""));
  expect(desk.search.answer.value).toBeNull();
  desk.search.reopen(question("rain"));
  expect(desk.seqs).toEqual([3]);
  expect(desk.search.busy.value).toBe(false);
  expect(desk.asked).toHaveLength(2);
});

test("typed anew, a question is asked anew: more may have been written since", async () => {
  const desk = new Desk();
  await desk.answered("rain", [3]);
  await desk.answered("snow", [4]);
  await desk.answered("rain", [5, 3]);
  expect(desk.seqs).toEqual([5, 3]);
});

test("a page that is opened with a question asks at once and shows nothing of another one", async () => {
  const desk = new Desk();
  await desk.answered("rain", [3]);
  desk.search.open(question("snow"));
  expect(desk.search.answer.value).toBeNull();
  desk.clock.advance(0);
  desk.last.give(page([4]));
  await settle();
  expect(desk.seqs).toEqual([4]);
  desk.search.open(question("snow"));
  expect(desk.seqs).toEqual([4]);
  desk.clock.advance(0);
  expect(desk.asked).toHaveLength(3);
});

test("pages are added by cursor, one at a time, and nothing twice", async () => {
  const desk = new Desk();
  await desk.answered("rain", [9, 8], "x");
  void desk.search.more();
  void desk.search.more();
  expect(desk.asked.map((each) => each.cursor)).toEqual([null, "x"]);
  desk.last.give(page([8, 7], "y"));
  await settle();
  expect(desk.seqs).toEqual([9, 8, 7]);
  void desk.search.more();
  desk.last.give(page([], null));
  await settle();
  await desk.search.more();
  expect(desk.asked).toHaveLength(3);
  expect(desk.search.loadingMore.value).toBe(false);
});

test("a page that comes for an older question is not added to the newer one", async () => {
  const desk = new Desk();
  await desk.answered("rain", [9], "x");
  void desk.search.more();
  const late = desk.last;
  await desk.answered("snow", [5]);
  late.give(page([1]));
  await settle();
  expect(desk.seqs).toEqual([5]);
});

test("names are an extra: without their answer, messages still stand; narrowed searches have none", async () => {
  const desk = new Desk();
  await desk.answered("wren", [1]);
  expect(desk.names).toEqual(["wren"]);
  expect(desk.search.answer.value).toMatchObject({ people: [], rooms: [] });
  desk.search.ask(question("from:wren rain", ""));
  desk.clock.advance(PAUSE);
  expect(desk.names).toEqual(["wren"]);
});

test("a refusal is shown until one types on; asked again it is asked at once", async () => {
  const desk = new Desk();
  desk.search.ask(question("has:cheese"));
  desk.clock.advance(PAUSE);
  desk.last.refuse(new Failure({ code: "invalid_field", field: "q", message: "has: doesn't know “cheese”." }, 400));
  await settle();
  expect(desk.search.failure.value?.field).toBe("q");
  desk.search.open(question("has:cheese"));
  desk.clock.advance(0);
  expect(desk.asked).toHaveLength(2);
  await desk.answered("has:file", [2]);
  expect(desk.search.failure.value).toBeNull();
});

test("typed too fast for the server: it is asked again when it may be", async () => {
  const desk = new Desk();
  desk.search.ask(question("rain"));
  desk.clock.advance(PAUSE);
  desk.last.refuse(new Failure({ code: "rate_limited", message: "", retryAfter: 2 }, 429));
  await settle();
  expect(desk.search.failure.value).toBeNull();
  desk.clock.advance(2_000);
  desk.last.give(page([4]));
  await settle();
  expect(desk.seqs).toEqual([4]);
});

test("a deleted message leaves the results, kept ones too; changed words lose their marks", async () => {
  const desk = new Desk();
  await desk.answered("rain", [3, 2, 1]);
  await desk.answered("snow", [2]);
  desk.search.update(message(2, { deletedAt: "2026-06-12T09:00:00.000Z", content: "" }));
  expect(desk.seqs).toEqual([]);
  desk.search.reopen(question("rain"));
  expect(desk.seqs).toEqual([3, 1]);
  desk.search.update(message(1, { content: "other words" }));
  expect(desk.search.answer.value?.hits[1]).toMatchObject({ message: { content: "other words" }, highlights: [] });
});

test("signing out forgets everything", async () => {
  const desk = new Desk();
  await desk.answered("rain", [3]);
  desk.search.forget();
  expect(desk.search.answer.value).toBeNull();
  desk.search.reopen(question("rain"));
  desk.clock.advance(0);
  expect(desk.asked).toHaveLength(2);
});
