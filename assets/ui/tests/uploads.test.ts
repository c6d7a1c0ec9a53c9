import { beforeEach, expect, test } from "vitest";
import type { FileToSend, SendEvents } from "../src/api/tus";
import type { UploadItem } from "../src/cache/db";
import { Failure } from "../src/lib/failure";
import type { Usage } from "../src/lib/wire";
import { Uploads } from "../src/state/uploads";
import { settle, TestClock } from "./support";

/** One try as the server sees it; the test decides how it ends. */
interface Try {
  file: FileToSend;
  events: SendEvents;
  done(fileId: string): Promise<void>;
  fail(code: string, more?: { limit?: number; retryAfter?: number }): Promise<void>;
}

/** A server, a disk, and locks between tabs. */
class World {
  readonly clock = new TestClock();
  readonly disk = new Map<string, UploadItem>();
  readonly bytes = new Map<string, Blob>();
  readonly tries: Try[] = [];
  readonly dropped: string[] = [];
  readonly held = new Map<string, (() => void)[]>();
  changes = 0;
  online = true;
  usage: Usage | null = null;
  room = true;
  #ids = 0;

  /** A tab that has just been opened. */
  async tab(userId = "me"): Promise<Uploads> {
    const uploads = new Uploads({
      load: async (user) => [...this.disk.values()].filter((item) => item.userId === user).sort((a, b) => a.order - b.order),
      find: async (id) => this.disk.get(id) ?? null,
      bytes: async (id) => this.bytes.get(id) ?? null,
      put: async (item) => void this.disk.set(item.id, structuredClone(item)),
      putBytes: async (id, bytes) => void (this.room && this.disk.has(id) && this.bytes.set(id, bytes)),
      remove: async (id) => void (this.disk.delete(id), this.bytes.delete(id)),
      hold: (id) => this.#hold(id),
      release: (id) => this.free(id),
      send: (file, events) => this.#send(file, events),
      drop: (item) => void this.dropped.push(item.name),
      preview: async (bytes) => (bytes.type === "image/png" ? { url: "blob:it", width: 4, height: 3 } : null),
      letGo: () => undefined,
      isOnline: () => this.online,
      usage: () => this.usage,
      newId: () => `u${(this.#ids += 1)}`,
      now: () => this.clock.now,
      after: this.clock.after,
      changed: () => (this.changes += 1),
    });
    await uploads.open(userId);
    await settle();
    return uploads;
  }

  /** The lock's holder is gone. */
  free(id: string): void {
    const queue = this.held.get(id);
    queue?.shift();
    queue?.[0]?.();
    if (queue?.length === 0) this.held.delete(id);
  }

  /** The tab is closed: its locks end, nothing else happens. */
  crash(): void {
    for (const id of [...this.held.keys()]) this.free(id);
    this.tries.length = 0;
  }

  #hold(id: string): Promise<void> {
    const queue = this.held.get(id) ?? [];
    this.held.set(id, queue);
    return new Promise((granted) => {
      queue.push(granted);
      if (queue.length === 1) granted();
    });
  }

  #send(file: FileToSend, events: SendEvents): Promise<string> {
    return new Promise((resolve, reject) => {
      const refuse = (code: string, more = {}) => reject(new Failure({ code, message: code, ...more }));
      events.signal.addEventListener("abort", () => refuse("aborted"));
      const ended = async (end: () => void) => {
        end();
        await settle();
      };
      this.tries.push({ file, events, done: (id) => ended(() => resolve(id)), fail: (code, more) => ended(() => refuse(code, more)) });
    });
  }
}

let world: World;
beforeEach(() => (world = new World()));

const file = (name: string, size = 4, type = "text/plain") => new File([new Uint8Array(size)], name, { type });
const states = (uploads: Uploads) => uploads.items.value.map((item) => item.state);
const idOf = (uploads: Uploads, name: string) => uploads.items.value.find((item) => item.name === name)?.id ?? "";
const last = () => world.tries.at(-1)!;

test("two files at a time, in their order; each says when it has arrived", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a"), file("b"), file("d")]);
  await settle();
  expect(world.tries.map((each) => each.file.name)).toEqual(["a", "b"]);
  expect(states(uploads)).toEqual(["running", "running", "waiting"]);
  const before = world.changes;
  await world.tries[0]!.done("f1");
  expect(world.changes).toBe(before + 1);
  expect(states(uploads)).toEqual(["done", "running", "running"]);
  expect(uploads.ready([idOf(uploads, "a")])).toEqual(["f1"]);
  expect(uploads.ready(uploads.items.value.map((item) => item.id))).toBeNull();
});

test("progress is told in whole hundredths", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a", 1000)]);
  const seen: number[] = [];
  const stop = uploads.items.subscribe((items) => seen.push(items[0]?.sent ?? -1));
  for (const sent of [1, 2, 9, 10, 19, 500]) last().events.onProgress(sent);
  stop();
  expect(seen.filter((sent, i) => sent !== seen[i - 1])).toEqual([0, 10, 500]);
});

test("what a line waits for goes before what lies in the tray", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a"), file("b"), file("tray"), file("sent")]);
  uploads.attach([idOf(uploads, "sent")], "line");
  await world.tries[0]!.done("f1");
  expect(last().file.name).toBe("sent");
});

test("the connection is lost: it pauses at once, and goes on where it stopped", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a", 100), file("b", 100), file("d", 100)]);
  last().events.onUrl("/api/uploads/b");
  last().events.onProgress(50);
  world.online = false;
  uploads.pause();
  expect(states(uploads)).toEqual(["paused", "paused", "paused"]);
  expect(uploads.items.value[1]?.sent).toBe(50);
  await settle();
  world.online = true;
  uploads.pump();
  expect(world.tries.slice(2).map((each) => each.file.url)).toEqual([undefined, "/api/uploads/b"]);
});

test("a try that ended late says nothing about the next one", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a", 100)]);
  const old = last();
  uploads.pause();
  await settle();
  expect(world.tries).toHaveLength(2);
  old.events.onProgress(99);
  await old.done("wrong");
  expect(uploads.items.value[0]).toMatchObject({ state: "running", sent: 0 });
});

test("after a reload it goes on by itself, with its bytes and its address", async () => {
  const before = await world.tab();
  before.add("c", [file("a", 100), file("b", 100)]);
  world.tries[0]!.events.onUrl("/api/uploads/a");
  await world.tries[1]!.done("f2");
  world.crash();
  const after = await world.tab();
  expect(after.items.value.map(({ name, state }) => [name, state])).toEqual([["a", "running"], ["b", "done"]]);
  expect(last().file).toMatchObject({ name: "a", url: "/api/uploads/a" });
  expect(last().file.bytes.size).toBe(100);
});

test("after a reload without room for the bytes it asks for the file, and takes only the same one", async () => {
  world.room = false;
  const before = await world.tab();
  before.add("c", [file("a", 100)]);
  last().events.onUrl("/api/uploads/a");
  await settle();
  world.crash();
  const after = await world.tab();
  expect(after.items.value).toMatchObject([{ state: "failed", failed: "file_lost" }]);
  const id = idOf(after, "a");
  expect(after.refill(id, file("a", 99))).toBe(false);
  expect(after.refill(id, file("a", 100))).toBe(true);
  expect(last().file.url).toBe("/api/uploads/a");
  expect(after.items.value).toMatchObject([{ state: "running" }]);
  expect(after.items.value[0]).not.toHaveProperty("failed");
});

test("a second tab leaves it to the first, and takes it over when that one is closed", async () => {
  const first = await world.tab();
  first.add("c", [file("a"), file("b")]);
  const [a, b] = first.items.value.map((item) => item.id);
  await settle();
  const second = await world.tab();
  expect(second.items.value).toEqual([]);
  expect(second.ready([a!])).toBeNull();
  await world.tries[0]!.done("f1");
  first.forget([a!]);
  await settle();
  expect(second.items.value).toEqual([]);
  world.crash();
  await settle();
  expect(second.items.value).toMatchObject([{ id: b, state: "running" }]);
});

test("what passes is tried again, later each time; in the end it counts as failed", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a")]);
  await last().fail("server_busy", { retryAfter: 7 });
  expect(states(uploads)).toEqual(["paused"]);
  world.clock.advance(6_999);
  expect(world.tries).toHaveLength(1);
  world.clock.advance(1);
  expect(world.tries).toHaveLength(2);
  for (const code of ["broken_off", "checksum_mismatch", "server_busy", "offline", "server_busy", "offline", "offline"]) {
    await last().fail(code);
    expect(states(uploads)).toEqual(["paused"]);
    world.clock.advance(60_000);
  }
  await last().fail("offline");
  expect(uploads.items.value).toMatchObject([{ state: "failed", failed: "offline" }]);
  expect(uploads.ready([idOf(uploads, "a")])).toBeInstanceOf(Failure);
  uploads.retry([idOf(uploads, "a")]);
  await last().done("f1");
  expect(states(uploads)).toEqual(["done"]);
});

test("a refusal stays with its reason, also after a reload", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a")]);
  await last().fail("picture_refused");
  expect(uploads.items.value).toMatchObject([{ state: "failed", failed: "picture_refused" }]);
  world.crash();
  const after = await world.tab();
  expect(after.items.value).toMatchObject([{ state: "failed", failed: "picture_refused" }]);
  expect(world.tries).toHaveLength(0);
});

test("too large, or too much in all: said before anything is sent, with the limit", async () => {
  world.usage = { used: 60, quota: 100, maxFile: 50 };
  const uploads = await world.tab();
  uploads.add("c", [file("film", 51), file("a", 30), file("b", 30)]);
  expect(uploads.items.value).toMatchObject([
    { state: "failed", failed: "file_too_large", limit: 50 },
    { state: "running" },
    { state: "failed", failed: "quota_exceeded", limit: 100 },
  ]);
  expect(world.tries).toHaveLength(1);
});

test("cancelled: the try ends, the server is told, nothing is kept", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a"), file("b")]);
  const signal = world.tries[0]!.events.signal;
  uploads.cancel([idOf(uploads, "a")]);
  await settle();
  expect(signal.aborted).toBe(true);
  expect(world.dropped).toEqual(["a"]);
  expect([...world.disk.values()].map((item) => item.name)).toEqual(["b"]);
  expect(world.bytes.size).toBe(1);
  expect(uploads.items.value.map((item) => item.name)).toEqual(["b"]);
});

test("what a stored message carries is forgotten and not taken from the server", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a")]);
  await last().done("f1");
  uploads.forget([idOf(uploads, "a")]);
  await settle();
  expect(world.dropped).toEqual([]);
  expect(world.disk.size).toBe(0);
});

test("the server lost a finished file: sent anew, from the beginning", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a")]);
  last().events.onUrl("/api/uploads/a");
  await last().done("f1");
  uploads.retry([idOf(uploads, "a")], true);
  expect(last().file.url).toBeUndefined();
  await last().done("f2");
  expect(uploads.ready([idOf(uploads, "a")])).toEqual(["f2"]);
});

test("a line whose file is kept nowhere can't go", async () => {
  const uploads = await world.tab();
  expect(uploads.ready(["gone"])).toMatchObject({ code: "file_lost" });
});

test("pictures get their preview and their size", async () => {
  const uploads = await world.tab();
  uploads.add("c", [file("a.png", 4, "image/png"), file("b")]);
  await settle();
  expect(uploads.items.value).toMatchObject([{ preview: "blob:it", width: 4, height: 3 }, { preview: null }]);
  expect(world.disk.get(idOf(uploads, "a.png"))).toMatchObject({ width: 4, height: 3 });
  expect(world.disk.get(idOf(uploads, "a.png"))).not.toHaveProperty("preview");
});

test("another user of the same browser sees and sends nothing of the first", async () => {
  world.online = false;
  const uploads = await world.tab();
  uploads.add("c", [file("a")]);
  await settle();
  uploads.close();
  world.online = true;
  expect((await world.tab("you")).items.value).toEqual([]);
  expect(world.tries).toHaveLength(0);
  expect((await world.tab()).items.value).toMatchObject([{ state: "running" }]);
});
