// Finding what was said and going there, by mouse and by keys; going to people and conversations by name.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";
import { soundOf } from "./sound.mjs";

const GROUP = "Allotment 14";
let browser, server, ann, bob, room;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob", "cara", "dora"] });
  bob = await server.signIn("bob");
  await bob.api("PATCH", "/api/auth/me", { displayName: "Bob Raman" });
  const dora = await server.signIn("dora");
  await dora.api("PATCH", "/api/auth/me", { displayName: "Dóra Ángel" });
  room = (await bob.api("POST", "/api/conversations", { title: GROUP, isGroup: true, members: ["ann", "cara"] })).body.id;
  const old = (await bob.api("POST", "/api/conversations", { title: "Gauge notices", isGroup: true, members: ["ann"] })).body.id;
  await say(bob, room, "東側の樽は満水です。雨量計の写真を送ります。");
  for (let n = 2; n <= 150; n += 1) await say(bob, room, n === 4 ? "the seedlings came through the storm <b>unharmed</b>" : `line ${n}`);
  for (let n = 0; n < 75; n += 1) await say(bob, old, `reading ${n}`);
  ann = await Person.at(browser);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  await server.signIn("cara").then((cara) => say(cara, room, "seedlings again, says Cara"));
});
after(async () => {
  await ann.leave();
  await browser.close();
  await server.close();
});

test("two characters of Chinese find a line far above; its context opens with the line marked, and back returns", async () => {
  const { page } = ann;
  await page.getByRole("navigation").getByRole("link", { name: "Search" }).click();
  await field().waitFor();
  await until(() => field().evaluate((it) => it === document.activeElement), true);
  await field().pressSequentially("満水");
  await hit("満水です").waitFor();
  assert.equal(await page.locator("mark").first().innerText(), "満水");
  await page.waitForURL(/\/search\?q=%E6%BA%80%E6%B0%B4$/);
  await hit("満水です").click();
  await ann.heads(GROUP);
  await page.waitForURL(`**/conversations/${room}/1`);
  await page.locator("article.marked[aria-current=true]").filter({ hasText: "満水です" }).waitFor();
  // The mark goes soon.
  const line = page.locator('article[data-seq="1"]');
  await until(() => line.evaluate((it) => it === document.activeElement), true);
  await ann.rests();
  assert.ok(await onScreen(line));
  assert.equal(await ann.line("line 150").count(), 0, "the end is not loaded");
  await page.locator("article.marked").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /Jump to the latest|new line/ }).click();
  await ann.sees("seedlings again, says Cara");
  await page.getByRole("button", { name: "Back to the results" }).click();
  await hit("満水です").waitFor();
  assert.equal(await field().inputValue(), "満水");
});

test("a beginning finds while one types; from: is completed by name; markup stays text", async () => {
  const { page } = ann;
  await visit("/search");
  await field().pressSequentially("seedl");
  await hit("seedlings again").waitFor();
  assert.deepEqual(await page.locator("a.hit .name").allInnerTexts(), ["cara", "Bob Raman"]);
  assert.match(await hit("came through").innerText(), /<b>unharmed<\/b>/);
  await field().pressSequentially("ings from:ram");
  await page.getByRole("option", { name: "Bob Raman" }).waitFor();
  assert.equal(await field().getAttribute("aria-expanded"), "true");
  await field().press("Enter");
  await page.getByRole("list", { name: "Narrowed to" }).getByText("Bob Raman").waitFor();
  await hit("seedlings again").waitFor({ state: "detached" });
  await hit("came through").waitFor();
  await page.waitForURL(/q=from%3Abob\+seedlings/);
  await field().press("Home");
  await field().press("Backspace");
  await hit("seedlings again").waitFor();
});

test("pages follow as one scrolls; back finds the query, the place and the line one went to", async () => {
  const { page } = ann;
  await visit("/search?q=reading");
  await hit("reading 74").waitFor();
  const frame = page.locator(".results");
  await until(async () => {
    await frame.evaluate((it) => (it.scrollTop = it.scrollHeight));
    return page.locator("a.hit").count();
  }, 75);
  await hit(/reading 5(?!\d)/).scrollIntoViewIfNeeded();
  const before = await frame.evaluate((it) => it.scrollTop);
  assert.ok(before > 500);
  await hit(/reading 5(?!\d)/).click();
  await page.locator("article.marked").getByText("reading 5", { exact: true }).waitFor();
  await page.goBack();
  await hit(/reading 5(?!\d)/).waitFor();
  await until(() => frame.evaluate((it) => it.scrollTop), before);
  await until(() => page.evaluate(() => document.activeElement.textContent), (text) => text.includes("reading 5"));
  assert.equal(await field().inputValue(), "reading");
});

test("by keys alone: down into the results, Enter, and back; Escape empties the field", async () => {
  const { page } = ann;
  await visit("/search?q=seedlings");
  await hit("seedlings again").waitFor();
  await field().press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("article.marked").getByText("came through").waitFor();
  await page.goBack();
  await hit("seedlings again").waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await field().press("Escape");
  await page.getByRole("heading", { name: "Find what was said." }).waitFor();
});

test("nonsense is answered in place, nothing found says what was looked for and offers to look wider", async () => {
  const { page } = ann;
  await visit("/search?q=has:cheese");
  await page.getByRole("alert").getByText("cheese").waitFor();
  await visit("/search?q=from:cara+reading");
  await page.getByText("No message has “reading” from cara.").waitFor();
  await page.getByRole("button", { name: "Search without “from cara”" }).click();
  await hit("reading 74").waitFor();
});

test("people and conversations stand above the messages, and lead there", async () => {
  const { page } = ann;
  await visit("/search?q=gauge");
  await page.getByRole("main").getByRole("link", { name: /^Gauge notices/ }).click();
  await ann.heads("Gauge notices");
});

test("within a conversation: Ctrl+F searches it alone, a second time it is the browser's", async () => {
  const { page } = ann;
  await ann.open(GROUP);
  await page.keyboard.press("Control+f");
  await page.getByRole("list", { name: "Narrowed to" }).getByText(GROUP).waitFor();
  await field().pressSequentially("reading");
  await page.getByText("Nothing found.").first().waitFor();
  await page.evaluate(() => addEventListener("keydown", (event) => (window.stolen = event.defaultPrevented)));
  await page.keyboard.press("Control+f");
  assert.equal(await page.evaluate(() => window.stolen), false);
  await page.getByRole("button", { name: `Remove in ${GROUP}` }).click();
  await hit("reading 74").waitFor();
});

test("the quick switcher: recent first, by a few letters, somebody new, and on to the messages", async () => {
  const { page } = ann;
  await visit("/");
  await ann.row(GROUP).waitFor();
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog", { name: "Go to a person or a conversation" });
  await dialog.getByRole("option").first().waitFor();
  assert.match(await dialog.getByRole("option").first().innerText(), new RegExp(GROUP));
  await page.keyboard.type("not gau");
  await dialog.getByRole("option", { name: /Gauge notices/, selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await ann.heads("Gauge notices");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("angel");
  await dialog.getByRole("option", { name: /Dóra Ángel/, selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await ann.heads("Dóra Ángel");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("seedlings");
  await dialog.getByRole("option", { name: "Search messages for “seedlings”", selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await hit("seedlings again").waitFor();
  await page.keyboard.press("Control+k");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("the quick switcher does things, too: by their names, after a sign, and with the keys that do the same", async () => {
  const { page } = ann;
  await visit("/");
  await ann.row(GROUP).waitFor();
  const dialog = page.getByRole("dialog", { name: "Go to a person or a conversation" });
  const command = (name, options = {}) => dialog.getByRole("group", { name: "Commands" }).getByRole("option", { name, ...options });
  await page.keyboard.press("Control+k");
  await command("Keyboard shortcuts").locator("kbd", { hasText: "Ctrl" }).waitFor();
  await page.keyboard.type("dark");
  await command("Paper: Dark", { selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("html[data-theme=dark]").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type(">");
  await command(/^Sign out/).waitFor();
  assert.equal(await dialog.getByRole("option", { name: new RegExp(GROUP) }).count(), 0, "commands only");
  await page.keyboard.type("paper: as");
  await command("Paper: As the system", { selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("html[data-theme=light]").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("settings notif");
  await command("Settings: Notifications", { selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/settings/notifications");
  await page.keyboard.press("Control+k");
  await page.keyboard.type(">new conv");
  await command("New conversation", { selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "New conversation" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries({ desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
    test(`sound for everybody: ${size}, ${colorScheme}`, async () => {
      const { page } = ann;
      const sound = soundOf(page);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize(viewport);
      await visit("/search");
      await page.getByRole("heading", { name: "Find what was said." }).waitFor();
      await sound("lessons");
      await field().fill("has:");
      await page.getByRole("option").first().waitFor();
      await sound("offers");
      await visit("/search?q=from:bob+has:link+before:2020");
      await page.getByText("There is no message from Bob Raman, with a web address, before 2020.").waitFor();
      await sound("nothing found");
      await visit("/search?q=gauge");
      await page.getByRole("main").getByRole("link", { name: /^Gauge notices/ }).waitFor();
      await sound("people and conversations");
      await visit("/search?q=from:bob+seedl");
      await hit("came through").waitFor();
      await sound("results");
      await field().press("ArrowDown");
      await sound("a result with the focus");
      await page.keyboard.press("Enter");
      await page.locator("article.marked").waitFor();
      await sound("a marked line");
      await visit("/search?q=has:cheese");
      await page.getByRole("alert").getByText("cheese").waitFor();
      await sound("nonsense");
      await page.keyboard.press("Control+k");
      await page.getByRole("option").first().waitFor();
      await sound("quick switcher");
    });
  }
}

const field = () => ann.page.getByRole("combobox", { name: "Search messages, people and conversations" });
const hit = (text) => ann.page.locator("a.hit").filter({ hasText: text });

async function say(who, conversationId, content) {
  assert.equal((await who.api("POST", "/api/messages/realtime", { conversationId, content })).status, 201);
}

function visit(path) {
  return ann.visit(new URL(path, server.url).href);
}

async function onScreen(locator) {
  const [box, frame] = await Promise.all([locator.boundingBox(), ann.page.getByRole("region", { name: "Messages" }).boundingBox()]);
  return box.y >= frame.y && box.y + box.height <= frame.y + frame.height;
}
