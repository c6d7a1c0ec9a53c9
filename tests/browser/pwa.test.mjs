// The app as something installed: it opens while the server is gone, and takes what is shared with it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";

let browser, server, ann, bob, room;

before(async () => {
  // A worker is only taken from a server whose certificate is trusted.
  browser = await openBrowser(["--ignore-certificate-errors"]);
  server = await TestServer.start({ users: ["ann", "bob"] });
  bob = await server.signIn("bob");
  room = (await bob.api("POST", "/api/conversations", { title: "Trip", isGroup: true, members: ["ann"] })).body.id;
  await say("where we meet");
  ann = await Person.at(browser);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  await ann.open("Trip");
  await ann.sees("where we meet");
  await ann.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  });
});
after(async () => {
  await ann.leave();
  await browser.close();
  await server.close();
});

test("it can be installed: a manifest with its icons, and a worker for all of it", async () => {
  const { body } = await server.request("GET", "/manifest.webmanifest");
  const manifest = JSON.parse(body);
  assert.equal(manifest.display, "standalone");
  for (const { src } of manifest.icons) assert.equal((await server.request("GET", `/${src}`)).headers["content-type"], "image/png");
  const worker = await server.request("GET", "/sw.js");
  assert.equal(worker.headers["cache-control"], "no-cache");
  assert.equal(await ann.page.evaluate(async () => (await navigator.serviceWorker.ready).scope), new URL("/", server.url).href);
});

test("nothing of the API is kept by the worker", async () => {
  const kept = await ann.page.evaluate(async () => {
    const all = [];
    for (const name of await caches.keys()) all.push(...(await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname));
    return all;
  });
  assert.ok(kept.includes("/") && kept.length > 10, `${kept.length} files`);
  assert.deepEqual(kept.filter((path) => path !== "/" && !path.startsWith("/assets/")), []);
});

test("what another app shares goes into the composer of the conversation one chooses", async () => {
  await ann.page.evaluate(() => {
    const form = Object.assign(document.createElement("form"), { action: "/share", method: "post", enctype: "multipart/form-data" });
    const text = Object.assign(document.createElement("textarea"), { name: "text", value: "read this" });
    const file = Object.assign(document.createElement("input"), { type: "file", name: "files" });
    const chosen = new DataTransfer();
    chosen.items.add(new File(["a list"], "list.txt", { type: "text/plain" }));
    file.files = chosen.files;
    form.append(text, file);
    document.body.append(form);
    form.submit();
  });
  await ann.page.getByRole("heading", { name: "Where shall it go?" }).waitFor();
  await ann.page.getByRole("main").getByRole("button", { name: /Trip/ }).click();
  await ann.heads("Trip");
  await ann.holds("read this");
  await ann.page.getByRole("list", { name: "Files to send" }).getByText("list.txt").waitFor();
  await ann.composer.press("Enter");
  await ann.seesNote("read this", "Sent");
});

/** Ann in another browser, with notifications, looking at something else; resolves to her and the notices that stand there. */
async function elsewhere() {
  const other = await Person.at(browser, { permissions: ["notifications"] });
  const { page } = other;
  // Where she looks at it she has read it, and nowhere is she told.
  await ann.page.goto(new URL("/settings", server.url).href);
  await other.visit(server.url);
  await other.signIn("ann", PASSWORD);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.goto(new URL("/settings", server.url).href);
  await other.row("Trip").waitFor();
  await other.seesText("Connected to");
  const shown = () =>
    page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, data }) => ({ title, body, url: data.url })));
  return { other, shown };
}

test("who is named is notified, once, and no more once it was read", async () => {
  const { other, shown } = await elsewhere();
  await say("nobody in particular");
  await say("@ann are you *coming*?");
  const [notice, ...more] = await until(shown, (found) => found.length > 0);
  assert.deepEqual(more, []);
  assert.equal(notice.title, "Trip");
  assert.equal(notice.body, "bob: @ann are you coming?\n2 new lines");
  assert.match(notice.url, /^\/conversations\/[^/]+\/\d+$/);
  await other.open("Trip");
  await until(shown, []);
  await other.leave();
});

test("who is named in the middle of others is notified, too", async () => {
  const { other, shown } = await elsewhere();
  await Promise.all(["one", "@ann two", "three", "four"].map(say));
  const [{ body }] = await until(shown, (found) => found.length === 1);
  assert.match(body, /^bob: /);
  await other.open("Trip");
  await until(shown, []);
  await read(other);
  await other.leave();
});

test("a flood is one notice that counts up, and is gone once it was read", async () => {
  const { other, shown } = await elsewhere();
  for (let n = 1; n <= 12; n += 1) await say(`@ann ${n}`);
  const bodies = async () => (await shown()).map(({ body }) => body);
  await until(bodies, ["bob: @ann 12\n12 new lines"]);
  await other.open("Trip");
  await until(shown, []);
  await read(other);
  await other.leave();
});

test("the app's badge and the window's title and icon say how much is unread, and stop when it was read", async () => {
  const other = await Person.at(browser);
  // The platform's own badge can't be looked at.
  await other.context.addInitScript(() => {
    globalThis.badges = [];
    Navigator.prototype.setAppBadge = async (n) => void globalThis.badges.push(n);
    Navigator.prototype.clearAppBadge = async () => void globalThis.badges.push(0);
  });
  const { page } = other;
  const badge = (wanted) => page.waitForFunction((n) => globalThis.badges.at(-1) === n, wanted);
  const icon = () => page.locator("link[rel=icon]").getAttribute("href");
  await ann.page.goto(new URL("/settings", server.url).href);
  await other.visit(server.url);
  await other.signIn("ann", PASSWORD);
  await page.goto(new URL("/settings", server.url).href);
  await other.seesText("Connected to");
  await badge(0);
  const plain = await icon();
  assert.doesNotMatch(await page.title(), /^\(/);
  await say("one");
  await badge(1);
  await page.waitForFunction(() => document.title.startsWith("(1) "));
  const spot = await icon();
  assert.match(spot, /^data:image\/svg/);
  await say("@ann two");
  await badge(2);
  await page.waitForFunction(() => document.title.startsWith("(2) "));
  await page.waitForFunction((before) => document.querySelector("link[rel=icon]").getAttribute("href") !== before, spot);
  assert.match(decodeURIComponent(await icon()), />1<\/text>/, "one of them names her");
  await other.open("Trip");
  await badge(0);
  await page.waitForFunction(() => !document.title.startsWith("("));
  assert.equal(await icon(), plain);
  await other.leave();
});

test("it opens while the server is gone, with what was read", async () => {
  await server.end();
  await ann.page.goto(new URL(`/conversations/${room}`, server.url).href);
  await ann.heads("Trip");
  await ann.sees("where we meet");
  await ann.say("written without a server");
  await ann.seesNote("written without a server", "Waiting to send");
  await server.boot();
  await ann.reconnects();
  await ann.seesNote("written without a server", "Sent");
});

/** Waits until the server knows that they have read everything. */
async function read({ page }) {
  await until(() => page.evaluate(async (id) => (await (await fetch(`/api/conversations/${id}`)).json()).unread, room), 0);
}

async function say(content) {
  const answer = await bob.api("POST", "/api/messages/realtime", { conversationId: room, content });
  assert.equal(answer.status, 201);
}
