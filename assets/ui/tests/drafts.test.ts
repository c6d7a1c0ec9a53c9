import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadDrafts } from "../src/cache/db";
import type { User } from "../src/lib/wire";
import { session } from "../src/state/account";
import { closeDrafts, draftOf, flushDrafts, heardDraft, openDrafts, setDraft, syncDrafts, writeIn } from "../src/state/drafts";

/** What the server has, and what it was told. */
let server = new Map<string, string>();
let told: string[] = [];
let online = true;

beforeEach(() => {
  [server, told, online] = [new Map(), [], true];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("document", { hasFocus: () => true });
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    if (!online) throw new TypeError("no answer");
    if (init.method === "GET") return Response.json({ drafts: [...server].map(([conversationId, content]) => ({ conversationId, content, updatedAt: "" })) });
    const [id, { content }] = [url.split("/").at(-2) ?? "", JSON.parse(String(init.body)) as { content: string }];
    told.push(`${id}: ${content}`);
    if (content === "") server.delete(id);
    else server.set(id, content);
    return new Response(null, { status: 204 });
  });
  session.value = { ...session.value, user: { id: `me ${Math.random()}` } as User };
});
afterEach(() => {
  closeDrafts();
  vi.useRealTimers();
});

/** As when the page is opened anew by the same person. */
async function reopen(): Promise<void> {
  await settled();
  closeDrafts();
  openDrafts(session.peek().user?.id ?? "");
  await syncDrafts();
  await settled();
}
const settled = () => new Promise<void>((done) => setImmediate(() => setImmediate(() => setImmediate(done))));

test("a pause tells the server, a cleared draft does at once, and nothing is told twice", async () => {
  setDraft("c", "h");
  setDraft("c", "hi");
  expect(told).toEqual([]);
  vi.advanceTimersByTime(2_000);
  await settled();
  expect(told).toEqual(["c: hi"]);
  flushDrafts();
  await settled();
  expect(told).toEqual(["c: hi"]);
  setDraft("c", "");
  await settled();
  expect(told).toEqual(["c: hi", "c: "]);
});

test("what another device wrote comes in where nobody is typing", () => {
  heardDraft({ conversationId: "c", content: "from the phone", updatedAt: "" });
  expect(draftOf("c")).toBe("from the phone");
  writeIn("c");
  heardDraft({ conversationId: "c", content: "more from the phone", updatedAt: "" });
  expect(draftOf("c")).toBe("from the phone");
  heardDraft({ conversationId: "d", content: "elsewhere", updatedAt: "" });
  expect(draftOf("d")).toBe("elsewhere");
  writeIn(null);
  expect(draftOf("c")).toBe("more from the phone");
});

test("an empty field takes what comes, even with the caret in it", () => {
  writeIn("c");
  heardDraft({ conversationId: "c", content: "from the phone", updatedAt: "" });
  expect(draftOf("c")).toBe("from the phone");
});

test("where one types has the last word, also after a while without connection and a reload", async () => {
  server.set("c", "old");
  await reopen();
  expect(draftOf("c")).toBe("old");
  online = false;
  setDraft("c", "mine");
  heardDraft({ conversationId: "c", content: "theirs", updatedAt: "" });
  expect(draftOf("c")).toBe("mine");
  vi.advanceTimersByTime(2_000);
  online = true;
  server.set("c", "theirs");
  await reopen();
  expect([draftOf("c"), server.get("c")]).toEqual(["mine", "mine"]);
});

test("what was sent without connection does not come back as a draft", async () => {
  server.set("c", "almost done");
  await reopen();
  online = false;
  setDraft("c", "");
  await reopen();
  expect(draftOf("c")).toBe("");
  online = true;
  await reopen();
  expect([draftOf("c"), server.has("c")]).toEqual(["", false]);
  expect(await loadDrafts(session.peek().user?.id ?? "")).toEqual([]);
});

test("what was sent elsewhere goes here too", async () => {
  setDraft("c", "hi");
  vi.advanceTimersByTime(2_000);
  await settled();
  server.delete("c");
  await reopen();
  expect(draftOf("c")).toBe("");
});

test("what is sent while its draft is still on its way does not come back, whatever comes when", async () => {
  setDraft("c", "almost");
  vi.advanceTimersByTime(2_000);
  setDraft("c", "");
  heardDraft({ conversationId: "c", content: "almost", updatedAt: "" });
  await settled();
  expect([told, server.has("c"), draftOf("c")]).toEqual([["c: almost", "c: "], false, ""]);
  setDraft("c", "again");
  vi.advanceTimersByTime(2_000);
  await settled();
  setDraft("c", "");
  await settled();
  heardDraft({ conversationId: "c", content: "again", updatedAt: "" });
  expect(draftOf("c")).toBe("");
  heardDraft({ conversationId: "c", content: "", updatedAt: "" });
  heardDraft({ conversationId: "c", content: "again", updatedAt: "" });
  expect(draftOf("c")).toBe("again");
});

test("what was typed while the draft was on its way follows after a pause", async () => {
  setDraft("c", "a");
  vi.advanceTimersByTime(2_000);
  setDraft("c", "ab");
  await settled();
  expect(told).toEqual(["c: a"]);
  vi.advanceTimersByTime(2_000);
  await settled();
  expect([told, server.get("c")]).toEqual([["c: a", "c: ab"], "ab"]);
});

test("what is longer than a message stays on this device", async () => {
  setDraft("c", "a".repeat(8_001));
  vi.advanceTimersByTime(2_000);
  await reopen();
  expect([told, draftOf("c").length]).toEqual([[], 8_001]);
});
