import { beforeEach, expect, test } from "vitest";
import type { OutboxItem } from "../src/cache/db";
import { Failure } from "../src/lib/failure";
import type { Message } from "../src/lib/wire";
import { Outbox } from "../src/state/outbox";
import { message, settle, TestClock } from "./support";

/** A server that keeps one message per `clientId`, and a disk that survives a reload. */
class World {
  readonly clock = new TestClock();
  readonly disk = new Map<string, OutboxItem>();
  readonly stored: Message[] = [];
  readonly delivered: string[] = [];
  readonly sentFiles: (readonly string[])[] = [];
  /** Pages in other tabs, which are told of changes. */
  readonly others: Outbox[] = [];
  online = true;
  /** Where the files of a line stand. */
  files: (item: OutboxItem) => readonly string[] | Failure | null = () => [];
  /** Decides about each try; throws to refuse. */
  rule: (item: OutboxItem) => void = () => undefined;

  /** A page that has just been opened by this user. */
  async page(userId = "me", leads: () => boolean = () => true): Promise<Outbox> {
    const outbox: Outbox = new Outbox({
      put: async (item) => void this.disk.set(item.clientId, structuredClone(item)),
      remove: async (clientId) => void this.disk.delete(clientId),
      load: async (user) => [...this.disk.values()].filter((item) => item.userId === user).sort((a, b) => a.order - b.order),
      send: async (item, files) => {
        const stored = this.#send(item);
        this.sentFiles.push(files);
        return stored;
      },
      files: (item) => this.files(item),
      isOnline: () => this.online && leads(),
      changed: (item) => this.others.filter((other) => other !== outbox).forEach((other) => other.take(structuredClone(item))),
      delivered: (stored) => this.delivered.push(stored.content),
      now: () => this.clock.now,
      after: this.clock.after,
    });
    await outbox.open(userId);
    return outbox;
  }

  get contents(): string[] {
    return this.stored.map((each) => each.content);
  }

  #send(item: OutboxItem): Message {
    this.rule(item);
    const known = this.stored.find((each) => each.clientId === item.clientId);
    if (known !== undefined) return known;
    const fresh = message(this.stored.length + 1, { clientId: item.clientId, content: item.content, conversationId: item.conversationId });
    this.stored.push(fresh);
    return fresh;
  }
}

let world: World;
beforeEach(() => (world = new World()));

const line = (content: string, conversationId = "c") => ({ clientId: `id ${content}`, conversationId, content });
const refuse = (code: string, retryAfter?: number) => {
  throw new Failure({ code, message: code, ...(retryAfter === undefined ? {} : { retryAfter }) });
};

test("lines go out in their order, and nothing stays behind", async () => {
  const outbox = await world.page();
  for (const content of ["a", "b", "c"]) outbox.add(line(content));
  await settle();
  expect(world.contents).toEqual(["a", "b", "c"]);
  expect(world.delivered).toEqual(["a", "b", "c"]);
  expect(outbox.items.value).toEqual([]);
  expect(world.disk.size).toBe(0);
});

test("a server without room loses nothing: the line waits, and goes out when there is some", async () => {
  world.rule = () => refuse("storage_full");
  const outbox = await world.page();
  outbox.add(line("a"));
  await settle();
  expect(outbox.items.value.map((item) => item.failed)).toEqual([undefined]);
  world.rule = () => undefined;
  world.clock.advance(30_000);
  await settle();
  expect(world.contents).toEqual(["a"]);
});

test("written offline, they wait, survive a reload, and go out in order", async () => {
  world.online = false;
  const before = await world.page();
  for (const content of ["a", "b"]) before.add(line(content));
  await settle();
  const after = await world.page();
  after.add(line("c"));
  await settle();
  expect(world.contents).toEqual([]);
  world.online = true;
  after.pump();
  await settle();
  expect(world.contents).toEqual(["a", "b", "c"]);
});

test("the connection is lost before the answer: sent again, stored once", async () => {
  const outbox = await world.page();
  let lost = 1;
  world.rule = (item) => {
    if (lost === 0) return;
    lost = 0;
    world.stored.push(message(1, { clientId: item.clientId, content: item.content }));
    world.online = false;
    refuse("offline");
  };
  outbox.add(line("a"));
  outbox.add(line("b"));
  await settle();
  expect(outbox.items.value).toHaveLength(2);
  world.online = true;
  outbox.pump();
  await settle();
  expect(world.contents).toEqual(["a", "b"]);
  expect(world.delivered).toEqual(["a", "b"]);
});

test("an event that confirms a line and its late answer count once", async () => {
  const outbox = await world.page();
  world.online = false;
  outbox.add(line("a"));
  outbox.confirm(message(1, { clientId: "id a", content: "a" }));
  outbox.confirm(message(1, { clientId: "id a", content: "a" }));
  expect(world.delivered).toEqual(["a"]);
});

test("a refused line stays with its reason and does not hold up the next", async () => {
  const outbox = await world.page();
  world.rule = (item) => item.content === "bad" && refuse("too_long");
  for (const content of ["bad", "good"]) outbox.add(line(content));
  await settle();
  expect(world.contents).toEqual(["good"]);
  expect(outbox.items.value).toMatchObject([{ content: "bad", failed: "too_long" }]);
  expect((await world.page()).items.value).toMatchObject([{ content: "bad", failed: "too_long" }]);
  world.rule = () => undefined;
  outbox.retry("id bad");
  await settle();
  expect(world.contents).toEqual(["good", "bad"]);
});

test("a discarded line is gone, also from disk", async () => {
  const outbox = await world.page();
  world.rule = () => refuse("forbidden");
  outbox.add(line("a"));
  await settle();
  outbox.discard("id a");
  await settle();
  expect(world.disk.size).toBe(0);
  expect((await world.page()).items.value).toEqual([]);
});

test("too often: waits as long as the server says", async () => {
  const outbox = await world.page();
  world.rule = () => world.clock.now < 3_000 && refuse("rate_limited", 3);
  outbox.add(line("a"));
  await settle();
  world.clock.advance(2_999);
  await settle();
  expect(world.contents).toEqual([]);
  world.clock.advance(1);
  await settle();
  expect(world.contents).toEqual(["a"]);
});

test("three tries without an answer on a standing connection count as failed", async () => {
  const outbox = await world.page();
  let tries = 0;
  world.rule = () => {
    tries += 1;
    refuse("no_answer");
  };
  outbox.add(line("a"));
  for (let i = 0; i < 10; i += 1) {
    await settle();
    world.clock.advance(1_000);
  }
  expect(tries).toBe(3);
  expect(outbox.items.value).toMatchObject([{ failed: "no_answer" }]);
});

test("conversations do not wait for each other", async () => {
  const outbox = await world.page();
  world.rule = (item) => item.conversationId === "busy" && refuse("server_busy", 60);
  outbox.add(line("a", "busy"));
  outbox.add(line("b", "free"));
  await settle();
  expect(world.contents).toEqual(["b"]);
});

test("another user of the same browser sends nothing of the first", async () => {
  world.online = false;
  const outbox = await world.page("me");
  outbox.add(line("a"));
  await settle();
  outbox.close();
  world.online = true;
  await (await world.page("you")).open("you");
  await settle();
  expect(world.contents).toEqual([]);
  await world.page("me");
  await settle();
  expect(world.contents).toEqual(["a"]);
});

test("a line waits for its files, holds the lines after it, and goes off with them", async () => {
  const outbox = await world.page();
  world.files = (item) => (item.uploads === undefined ? [] : null);
  outbox.add({ ...line("a"), uploads: ["u1", "u2"] });
  outbox.add(line("b"));
  outbox.add(line("elsewhere", "d"));
  await settle();
  expect(world.contents).toEqual(["elsewhere"]);
  expect((await world.page()).items.value).toMatchObject([{ content: "a", uploads: ["u1", "u2"] }, { content: "b" }]);
  world.files = (item) => (item.uploads === undefined ? [] : ["f1", "f2"]);
  outbox.pump();
  await settle();
  expect(world.contents).toEqual(["elsewhere", "a", "b"]);
  expect(world.sentFiles).toEqual([[], ["f1", "f2"], []]);
});

test("a line whose file can't be sent has failed, and does not hold up the next", async () => {
  const outbox = await world.page();
  world.files = (item) => (item.uploads === undefined ? [] : new Failure({ code: "file_failed", message: "" }));
  outbox.add({ ...line("a"), uploads: ["u1"] });
  outbox.add(line("b"));
  await settle();
  expect(world.contents).toEqual(["b"]);
  expect(outbox.items.value).toMatchObject([{ content: "a", failed: "file_failed" }]);
  world.files = () => ["f1"];
  outbox.retry("id a");
  await settle();
  expect(world.contents).toEqual(["b", "a"]);
});

test("a line written in another tab is seen here, sent by the tab that leads, and gone from both", async () => {
  const leader = await world.page();
  const other = await world.page("me", () => false);
  world.others.push(leader, other);
  world.online = false;
  other.add(line("a"));
  await settle();
  leader.add(line("b"));
  await settle();
  for (const tab of [leader, other]) expect(tab.items.value.map((item) => item.content)).toEqual(["a", "b"]);
  world.online = true;
  leader.pump();
  await settle();
  expect(world.contents).toEqual(["a", "b"]);
  for (const stored of world.stored) other.confirm(stored);
  expect(other.items.value).toEqual([]);
  // A word of the line that comes late brings nothing back.
  other.take({ ...line("a"), userId: "me", createdAt: 0, order: 0 });
  expect(other.items.value).toEqual([]);
});

test("a tab that has the files of a line makes it ready, and the one that leads sends it", async () => {
  let arrived = false;
  const leader = await world.page();
  const other = await world.page("me", () => false);
  world.others.push(leader, other);
  world.files = () => (arrived ? ["f1"] : null);
  other.add({ ...line("a"), uploads: ["u1"] });
  await settle();
  expect(world.contents).toEqual([]);
  arrived = true;
  world.files = () => (world.files = () => null) && ["f1"];
  other.pump();
  await settle();
  expect(world.sentFiles).toEqual([["f1"]]);
});
