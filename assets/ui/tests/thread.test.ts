import { expect, test } from "vitest";
import { Thread } from "../src/state/thread";
import { History, message, settle } from "./support";

const seqs = (thread: Thread) => thread.messages.value.map((each) => each.seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function opened(size: number, lastReadSeq = size) {
  const history = new History(size);
  const thread = new Thread(history.fetch);
  await thread.open(lastReadSeq, size);
  return { history, thread };
}

test("opens at the newest page and pages upwards to the beginning", async () => {
  const { thread, history } = await opened(120);
  expect(seqs(thread)).toEqual(range(71, 120));
  await thread.loadOlder();
  await thread.loadOlder();
  expect(seqs(thread)).toEqual(range(1, 120));
  expect(thread.hasOlder.value).toBe(false);
  await thread.loadOlder();
  expect(history.asked).toHaveLength(3);
});

test("two wishes for the page above are one request", async () => {
  const { thread, history } = await opened(120);
  await Promise.all([thread.loadOlder(), thread.loadOlder()]);
  expect(history.asked).toHaveLength(2);
  expect(seqs(thread)).toEqual(range(21, 120));
});

test("a page is taken in steps, those beside the window first, and what a person does comes between them", async () => {
  const history = new History(120);
  let go: () => void = () => undefined;
  const thread = new Thread(history.fetch, () => new Promise((done) => (go = done)));
  await thread.open(120, 120);
  const loading = thread.loadOlder();
  await settle();
  expect(seqs(thread)).toEqual(range(61, 120));
  thread.receive(message(121));
  expect(thread.newest).toBe(121);
  expect([thread.loadingOlder.value, thread.hasOlder.value]).toEqual([true, true]);
  for (let steps = 0; steps < 4; steps += 1) await (go(), settle());
  await loading;
  expect(seqs(thread)).toEqual(range(21, 121));
  void thread.loadOlder();
  await settle();
  await thread.toNewest();
  await (go(), settle());
  expect(seqs(thread), "the rest of a page that nobody reads any more is left").toEqual(range(71, 120));
});

test("a step that lets the end go leaves no gap where the next one would be", async () => {
  const { thread, history } = await opened(300);
  for (let i = 0; i < 5; i += 1) await thread.loadOlder();
  expect(seqs(thread)).toEqual(range(1, 300));
  thread.place = { seq: 1, top: 0, shown: 20, atEnd: false };
  history.size = 400;
  await thread.catchUp(400);
  expect(seqs(thread)).toEqual(range(1, 300));
  expect(thread.hasNewer.value).toBe(true);
});

test("few unread lines: the newest page with the divider", async () => {
  const { thread } = await opened(120, 110);
  expect(thread.unreadFrom.value).toBe(111);
  expect(thread.hasNewer.value).toBe(false);
});

test("many unread lines: opens around the first, and pages downwards to the end", async () => {
  const { thread } = await opened(300, 100);
  expect(seqs(thread)).toContain(101);
  expect(thread.hasNewer.value).toBe(true);
  thread.receive(message(301));
  expect(seqs(thread)).not.toContain(301);
  for (let i = 0; i < 6; i += 1) await thread.loadNewer();
  expect(thread.hasNewer.value).toBe(false);
  expect(thread.newest).toBe(300);
});

test("live lines are appended once, and old ones are ignored", async () => {
  const { thread } = await opened(60);
  thread.receive(message(61));
  thread.receive(message(61));
  thread.receive(message(30));
  expect(seqs(thread)).toEqual(range(11, 61));
});

test("a gap is filled from the server before the line that showed it", async () => {
  const { thread, history } = await opened(10);
  history.size = 14;
  thread.receive(message(14));
  expect(seqs(thread)).toEqual(range(1, 10));
  await settle();
  expect(seqs(thread)).toEqual(range(1, 14));
  expect(history.asked.at(-1)).toEqual({ after: "10" });
});

test("lines that come while a gap is being filled are not lost", async () => {
  const { thread, history } = await opened(10);
  history.size = 12;
  history.before = () => {
    history.before = () => undefined;
    history.size = 13;
    thread.receive(message(13));
  };
  thread.receive(message(12));
  await settle();
  expect(seqs(thread)).toEqual(range(1, 13));
});

test("after a long absence it pages what was missed; after a very long one the rest comes by reading on", async () => {
  const { thread, history } = await opened(10);
  history.size = 130;
  await thread.catchUp(130);
  expect(seqs(thread)).toEqual(range(1, 130));
  thread.place = { seq: 1, top: 0, shown: 20, atEnd: true };
  history.size = 1_000;
  await thread.catchUp(1_000);
  expect(seqs(thread), "the first that was not seen is still here").toEqual(range(1, 300));
  expect(thread.hasNewer.value).toBe(true);
  thread.place = { seq: 290, top: 0, shown: 20, atEnd: false };
  await thread.loadNewer();
  expect(seqs(thread)).toEqual(range(51, 350));
});

test("opened again, it loads around what is unread by then and keeps its lines until that is there", async () => {
  const { thread, history } = await opened(10);
  history.size = 200;
  const opening = thread.open(10, 200);
  expect(thread.phase.value).toBe("loading");
  expect(seqs(thread)).toEqual(range(1, 10));
  await opening;
  expect(thread.phase.value).toBe("ready");
  expect(thread.unreadFrom.value).toBe(11);
  expect(seqs(thread)).toContain(11);
  expect(thread.hasNewer.value).toBe(true);
});

test("opened again without a connection, it shows what it has", async () => {
  const { thread, history } = await opened(10);
  history.before = () => {
    throw new Error("down");
  };
  await thread.open(10, 12);
  expect(thread.phase.value).toBe("ready");
  expect(seqs(thread)).toEqual(range(1, 10));
});

test("a server that has less than it said does not make it ask for ever", async () => {
  const { thread, history } = await opened(10);
  await thread.catchUp(99);
  expect(history.asked).toHaveLength(2);
});

test("an empty conversation takes its first line", async () => {
  const { thread } = await opened(0);
  expect(thread.phase.value).toBe("ready");
  thread.receive(message(1));
  expect(seqs(thread)).toEqual([1]);
});

test("memory is bounded while reading at the end", async () => {
  const { thread } = await opened(10);
  for (let seq = 11; seq <= 2_000; seq += 1) thread.receive(message(seq));
  expect(thread.messages.value.length).toBeLessThanOrEqual(600);
  expect(thread.newest).toBe(2_000);
  expect(thread.hasOlder.value).toBe(true);
  const all = seqs(thread);
  expect(all).toEqual(range(all[0] ?? 0, 2_000));
});

test("a failed first page can be asked for again", async () => {
  const history = new History(5);
  history.before = () => {
    throw new Error("down");
  };
  const thread = new Thread(history.fetch);
  await thread.open(5, 5);
  expect(thread.phase.value).toBe("failed");
  history.before = () => undefined;
  await thread.open(5, 5);
  expect(seqs(thread)).toEqual(range(1, 5));
  expect(thread.failure.value).toBeNull();
});

test("a failed older page keeps what is there", async () => {
  const { thread, history } = await opened(120);
  history.before = () => {
    throw new Error("down");
  };
  await thread.loadOlder();
  expect(thread.failure.value?.message).toBe("down");
  expect(seqs(thread)).toEqual(range(71, 120));
  expect(thread.loadingOlder.value).toBe(false);
});

test("a changed line is changed in place and keeps what only this tab knows", async () => {
  const { thread } = await opened(10);
  thread.receive(message(11, { clientId: "mine" }));
  thread.update(message(11, { content: "other words", editedAt: "2026-06-12T09:00:00.000Z" }));
  thread.update(message(99, { content: "not here" }));
  expect(thread.messages.value.at(-1)).toMatchObject({ seq: 11, content: "other words", clientId: "mine" });
  expect(seqs(thread)).toEqual(range(1, 11));
});

test("a line far away is shown by loading around it, and marked when it is there; one that is here is not loaded again", async () => {
  const { thread, history } = await opened(500);
  await thread.show(480);
  expect(thread.marked.value).toEqual({ seq: 480 });
  expect(history.asked).toHaveLength(1);
  const showing = thread.show(100);
  expect(thread.phase.value).toBe("loading");
  await showing;
  expect(history.asked.at(-1)).toEqual({ around: 100 });
  expect(thread.marked.value).toEqual({ seq: 100 });
  expect(seqs(thread)).toEqual(range(75, 125));
  await thread.show(9_999);
  expect(thread.marked.value).toBeNull();
  expect(thread.phase.value).toBe("ready");
});

test("from a line far up it pages both ways without a gap, and jumps to the newest", async () => {
  const { thread } = await opened(500);
  await thread.show(200);
  await thread.loadOlder();
  await thread.loadNewer();
  expect(seqs(thread)).toEqual(range(125, 275));
  expect([thread.hasOlder.value, thread.hasNewer.value]).toEqual([true, true]);
  await thread.toNewest();
  expect(seqs(thread)).toEqual(range(451, 500));
  expect(thread.hasNewer.value).toBe(false);
});

test("opened at a line, it loads there first and keeps the divider for later", async () => {
  const history = new History(500);
  const thread = new Thread(history.fetch);
  await thread.open(450, 500, 60);
  expect(history.asked).toEqual([{ around: 60 }]);
  expect(thread.marked.value).toEqual({ seq: 60 });
  expect(thread.unreadFrom.value).toBe(451);
});

test("a jump that is overtaken by the way to the newest marks nothing", async () => {
  const { thread } = await opened(500);
  const showing = thread.show(100);
  await thread.toNewest();
  await showing;
  expect(thread.marked.value).toBeNull();
  expect(thread.newest).toBe(500);
});

test("one is led to the same line again, whether it is still here or not", async () => {
  const { thread } = await opened(500);
  let led = 0;
  thread.marked.subscribe((marked) => (led += marked === null ? 0 : 1));
  await thread.show(100);
  await thread.show(100);
  await thread.toNewest();
  await thread.show(100);
  expect(led).toBe(3);
});

test("of two leads the last one counts, also when it leads to what is here", async () => {
  const { thread, history } = await opened(500);
  await thread.show(100);
  let go: () => void = () => undefined;
  history.wait = new Promise((done) => (go = done));
  const leaving = thread.toNewest();
  history.wait = undefined;
  await thread.show(100);
  go();
  await leaving;
  expect(seqs(thread)).toEqual(range(75, 125));
});

test("what was under way before a jump neither goes on nor holds up what is wanted after it", async () => {
  const { thread, history } = await opened(500);
  let go: () => void = () => undefined;
  history.size = 900;
  history.wait = new Promise((done) => (go = done));
  const under = [thread.loadOlder(), thread.catchUp(900)];
  history.wait = undefined;
  await thread.show(100);
  await Promise.all([thread.loadOlder(), thread.loadNewer()]);
  expect(seqs(thread)).toEqual(range(25, 175));
  go();
  await Promise.all(under);
  expect(seqs(thread)).toEqual(range(25, 175));
});

test("a page that was asked for before a line was changed does not bring its old words back", async () => {
  const { thread, history } = await opened(10);
  history.size = 12;
  history.before = () => thread.update(message(11, { content: "other words", updatedAt: "2099-01-01T00:00:00.000Z" }));
  await thread.catchUp(12);
  expect(thread.messages.value.slice(-2).map((each) => each.content)).toEqual(["other words", "line 12"]);
  await thread.toNewest();
  expect(thread.messages.value.at(-2)?.content).toBe("other words");
});
