// The list and what is around it: sections, menus, views, the archive, new conversations, details, cards, and the ways on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";
import { soundOf } from "./sound.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const ids = {};
let browser, server, ann, bob, eve, wren;

const make = async (title, members = ["bob"]) => (ids[title] = (await ann.api("POST", "/api/conversations", { title, isGroup: true, members })).body.id);
const say = async (who, room, content) => assert.equal((await who.api("POST", "/api/messages/realtime", { conversationId: room, content })).status, 201);
const roomOf = async (title) => (await ann.api("GET", `/api/conversations/${ids[title]}`)).body;
const side = () => wren.page.getByRole("navigation", { name: "Conversations" });
const headings = () => side().getByRole("heading").allInnerTexts();
const rows = () => side().getByRole("link").evaluateAll((links) => links.flatMap((link) => (link.dataset.conversation ? link.querySelector("b").textContent : [])));
const menuOf = async (title) => {
  await wren.row(new RegExp(`^${title}`)).click({ button: "right" });
  return wren.page.getByRole("menu", { name: `More about ${title}` });
};
const choose = async (title, item) => (await menuOf(title)).getByRole("menuitem", { name: item, exact: true }).click();
const notice = (text) => wren.page.getByRole("region", { name: "Notices" }).getByText(text);
/** The pointer leaves the list, so that it may be set in order. */
const away = () => wren.page.mouse.move(900, 400);

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob", "eve", "dora"] });
  [ann, bob, eve] = await Promise.all(["ann", "bob", "eve"].map((name) => server.signIn(name)));
  for (const title of ["Attic", "Boats", "Cellar"]) await make(title);
  for (const title of ["Attic", "Boats", "Cellar"]) await say(ann, ids[title], `The ${title}`);
  wren = await Person.at(browser);
  await wren.visit(server.url);
  await wren.signIn("ann", PASSWORD);
  await away();
});
after(async () => {
  await wren.leave();
  await browser.close();
  await server.close();
});

test("a list in which nothing waits has no headings", async () => {
  await until(rows, ["Cellar", "Boats", "Attic", "Everyone"]);
  assert.deepEqual(await headings(), []);
});

test("a mention and a line to oneself alone wait on top; other lines are counted where they are", async () => {
  await say(bob, ids.Attic, "@ann, have you got the key?");
  await say(bob, ids.Boats, "Nobody in particular");
  ids.bob = (await bob.api("POST", "/api/conversations", { isGroup: false, members: ["ann"] })).body.id;
  await say(bob, ids.bob, "Just you");
  await until(rows, ["bob", "Attic", "Boats", "Cellar", "Everyone"]);
  assert.deepEqual(await headings(), ["Waiting for you", "Earlier"]);
  await wren.row(/^Attic.*1 mention of you.*1 unread/).waitFor();
  assert.equal(await wren.row(/^Boats.*mention/).count(), 0);
});

test("rows stay where they are under the pointer, and go to their places when it leaves", async () => {
  const before = await rows();
  const { x, y } = await wren.row(/^Cellar/).boundingBox();
  let moves = 0;
  // A pointer that only rests there for seconds is not at work.
  const move = () => wren.page.mouse.move(x + 20 + (moves++ % 9), y + 20);
  await move();
  await say(bob, ids.Cellar, "Up I go");
  await until(async () => (await move(), wren.row(/^Cellar.*1 unread/).count()), 1);
  assert.deepEqual(await rows(), before);
  await away();
  await until(rows, ["bob", "Attic", "Cellar", "Boats", "Everyone"]);
});

test("opened and read, it no longer waits", async () => {
  await wren.open(/^bob/);
  await away();
  await until(rows, ["Attic", "Cellar", "bob", "Boats", "Everyone"]);
  assert.equal(await wren.row(/^bob.*unread/).count(), 0);
});

test("pin: on top at once, kept by the server, told to other devices", async () => {
  const phone = await Person.at(browser, PHONE);
  await phone.visit(server.url);
  await phone.signIn("ann", PASSWORD);
  await choose("Boats", "Pin on top");
  await until(headings, ["Waiting for you", "Pinned", "Earlier"]);
  await wren.row(/^Boats.*pinned/).waitFor();
  await phone.row(/^Boats.*pinned/).waitFor();
  assert.equal((await roomOf("Boats")).pinned, true);
  await say(bob, ids.Boats, "@ann, the pinned one stays");
  await wren.row(/^Boats.*1 mention/).waitFor();
  await away();
  await until(async () => (await rows()).slice(0, 2), ["Attic", "Boats"]);
  await phone.leave();
});

test("mark as read, as unread, everything as read", async () => {
  await choose("Attic", "Mark as read");
  await wren.row(/^Attic.*unread/).waitFor({ state: "hidden" });
  await until(async () => (await roomOf("Attic")).unread, 0);
  await choose("Attic", "Mark as unread");
  await wren.row(/^Attic.*1 unread/).waitFor();
  await until(async () => (await roomOf("Attic")).unread, 1);
  await wren.page.getByRole("button", { name: "What the list shows" }).click();
  await wren.page.getByRole("menuitem", { name: "Mark everything as read" }).click();
  await wren.row(/unread/).first().waitFor({ state: "hidden" });
  for (const title of ["Attic", "Boats", "Cellar"]) await until(async () => (await roomOf(title)).unread, 0);
});

test("muted: the crossed bell, and only a mention calls", async () => {
  await choose("Cellar", "Mute all but mentions");
  await wren.row(/^Cellar.*muted/).waitFor();
  await say(bob, ids.Cellar, "Not for anybody");
  await wren.row(/^Cellar.*1 unread/).waitFor();
  await away();
  await until(headings, ["Pinned", "Earlier"]);
  assert.doesNotMatch(await wren.page.title(), /\d/, "a muted line is not counted in the title");
  await choose("Cellar", "Unmute");
  await wren.row(/^Cellar.*muted/).waitFor({ state: "hidden" });
  await wren.page.waitForFunction(() => document.title.startsWith("(1) "));
});

test("archive, undo, archive again; the next message brings it back", async () => {
  await choose("Cellar", "Archive");
  await notice("“Cellar” is archived.").waitFor();
  await wren.row(/^Cellar/).waitFor({ state: "detached" });
  await wren.page.getByRole("button", { name: "Undo" }).click();
  await wren.row(/^Cellar/).waitFor();
  await choose("Cellar", "Archive");
  await wren.page.getByRole("button", { name: /^Archived/ }).click();
  await until(rows, ["Cellar"]);
  await until(async () => (await roomOf("Cellar")).archived, true);
  await wren.page.getByRole("button", { name: "Show all conversations" }).click();
  await say(bob, ids.Cellar, "Here I am again");
  await wren.row(/^Cellar/).waitFor();
});

test("Ctrl+Z takes the archiving back, Escape puts the notice away", async () => {
  await choose("Attic", "Archive");
  await notice("“Attic” is archived.").waitFor();
  await wren.page.keyboard.press("Control+z");
  await wren.row(/^Attic/).waitFor();
  await choose("Attic", "Archive");
  await notice("“Attic” is archived.").waitFor();
  await wren.page.keyboard.press("Escape");
  await notice("“Attic” is archived.").waitFor({ state: "hidden" });
  await wren.row(/^Attic/).waitFor({ state: "detached" });
  await ann.api("PATCH", `/api/conversations/${ids.Attic}/settings`, { archived: false });
  await wren.row(/^Attic/).waitFor();
});

test("views: unread, groups, people; an empty one says what it is for", async () => {
  const show = async (view) => {
    await wren.page.getByRole("button", { name: "What the list shows" }).click();
    await wren.page.getByRole("menuitemradio", { name: view, exact: true }).click();
    await away();
  };
  await show("People");
  await until(rows, ["bob"]);
  await show("Groups");
  assert.ok(!(await rows()).includes("bob"));
  await show("Archived");
  await side().getByText("Nothing is put away.").waitFor();
  await wren.page.getByRole("button", { name: "Show all conversations" }).click();
  await until(async () => (await rows()).length, 5);
});

test("by the keyboard: one stop for Tab, arrows, the menu, and back to where one was", async () => {
  const { page } = wren;
  await page.getByRole("link", { name: "Search", exact: true }).first().focus();
  await page.keyboard.press("ArrowDown");
  const focused = () => page.evaluate(() => document.activeElement?.querySelector("b")?.textContent ?? document.activeElement?.textContent);
  const order = await rows();
  await until(focused, order[0]);
  await page.keyboard.press("End");
  await until(focused, order.at(-1));
  await page.keyboard.press("ArrowUp");
  await until(focused, order.at(-2));
  assert.equal(await side().locator("a.row[tabindex='0']").count(), 1);
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await until(focused, order.at(-2));
  await page.keyboard.press("Enter");
  await wren.heads(order.at(-2));
});

test("a menu goes when one reads on or leaves the window, and the focus goes back", async () => {
  const { page } = wren;
  const more = page.getByRole("button", { name: "What the list shows" });
  const menu = page.getByRole("menu", { name: "What the list shows" });
  const back = () => more.evaluate((it) => it === document.activeElement);
  await more.click();
  await menu.waitFor();
  await menu.hover();
  await page.mouse.wheel(0, 40);
  assert.ok(await menu.isVisible(), "it has a wheel of its own");
  await page.mouse.move(900, 400);
  await page.mouse.wheel(0, 40);
  await menu.waitFor({ state: "detached" });
  await until(back, true);
  await more.click();
  await menu.waitFor();
  await page.evaluate(() => dispatchEvent(new FocusEvent("blur")));
  await menu.waitFor({ state: "detached" });
  await until(back, true);
});

test("Alt and the arrows lead through the list, with Shift to what is unread", async () => {
  await wren.open(/^Boats/);
  await away();
  await say(bob, ids.Attic, "unread one");
  await wren.row(/^Attic.*1 unread/).waitFor();
  // The list is as it is when the key is pressed.
  const step = async (key, by) => {
    const [order, from] = [await rows(), await wren.page.getByRole("main").getByRole("heading", { level: 1 }).innerText()];
    await wren.page.keyboard.press(key);
    await wren.heads(order.at((order.indexOf(from) + by) % order.length));
  };
  await step("Alt+ArrowDown", 1);
  await step("Alt+ArrowUp", -1);
  await wren.page.keyboard.press("Alt+Shift+ArrowDown");
  await until(() => wren.page.getByRole("main").getByRole("heading", { level: 1 }).innerText(), (title) => ["Attic", "Cellar"].includes(title));
});

test("a new conversation: by keys alone, known ones first, then one writes at once", async () => {
  const { page } = wren;
  await page.getByRole("button", { name: "New conversation" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New conversation" });
  await dialog.getByRole("checkbox").first().waitFor();
  assert.match(await dialog.getByRole("listitem").first().innerText(), /bob/);
  await page.keyboard.type("eve");
  await dialog.getByRole("checkbox", { name: "eve" }).waitFor();
  await until(() => dialog.getByRole("checkbox").count(), 1);
  await page.keyboard.press("Enter");
  await dialog.getByRole("list", { name: "Chosen people" }).getByText("eve").waitFor();
  await page.keyboard.type("dor");
  await dialog.getByRole("checkbox", { name: "dora" }).waitFor();
  await page.keyboard.press("Enter");
  await dialog.getByText("Without one it is called “ann, eve and dora”.").waitFor();
  await dialog.getByRole("button", { name: "Make the group" }).click();
  await wren.heads("ann, eve and dora");
  await until(() => page.evaluate(() => document.activeElement?.tagName), "TEXTAREA");
  await page.keyboard.type("Hello both");
  await page.keyboard.press("Enter");
  await wren.sees("Hello both");
});

test("details have an address; the way back closes them; what it tells one of is a choice", async () => {
  const { page } = wren;
  await wren.open(/^Boats/);
  await page.getByRole("button", { name: "About this conversation" }).click();
  await page.waitForURL(/\/about$/);
  const dialog = page.getByRole("dialog", { name: "Boats" });
  await dialog.getByRole("radio", { name: "Mentions" }).check();
  await until(async () => (await roomOf("Boats")).muted, true);
  await page.goBack();
  await dialog.waitFor({ state: "hidden" });
  await page.goForward();
  await dialog.waitFor();
  await page.reload();
  await until(() => dialog.getByRole("radio", { name: "Mentions" }).isChecked(), true);
  await dialog.getByRole("radio", { name: "Everything" }).check();
  await until(async () => (await roomOf("Boats")).muted, false);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(new URL(page.url()).pathname, `/conversations/${ids.Boats}`);
});

test("a card opens from a name; it leads to writing, and the focus comes back", async () => {
  const { page } = wren;
  await wren.open(/^Boats/);
  const name = page.getByRole("article").getByRole("button", { name: "bob", exact: true }).first();
  await name.focus();
  await page.keyboard.press("Enter");
  const card = page.getByRole("dialog", { name: "bob" });
  await card.getByText("@bob").waitFor();
  await card.getByRole("link", { name: "Boats" }).waitFor();
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "hidden" });
  await until(() => page.evaluate(() => document.activeElement?.textContent), "bob");
  await page.getByRole("button", { name: "About this conversation" }).click();
  await page.getByRole("list", { name: "People" }).getByRole("button", { name: "bob", exact: true }).click();
  await card.getByRole("button", { name: "Write to bob" }).click();
  await wren.heads("bob");
});

test("in a large group people are found by name, on whatever page they are", async () => {
  const { page } = wren;
  const names = Array.from({ length: 13 }, (_, i) => `p${String(i).padStart(2, "0")}`);
  const invite = (await ann.api("POST", "/api/invites", { maxUses: 50 })).body.code;
  for (const username of names) await ann.api("POST", `/api/invites/${invite}/accept`, { username, displayName: `Person ${username}`, password: PASSWORD });
  await make("Crowd", ["bob", ...names]);
  await wren.open(/^Crowd/);
  await page.getByRole("button", { name: "About this conversation" }).click();
  const people = page.getByRole("list", { name: "People" });
  await people.getByText("Person p12").waitFor();
  await page.getByRole("searchbox", { name: "Search people in this group" }).fill("p07");
  await until(() => people.getByRole("listitem").count(), 1);
  await page.getByRole("searchbox", { name: "Search people in this group" }).fill("nobody");
  await page.getByText("Nobody in this group is called “nobody”.").waitFor();
});

test("leaving asks, says what becomes of the group, and says that it is done", async () => {
  const { page } = wren;
  await page.getByRole("button", { name: "Leave this group" }).click();
  const ask = page.getByRole("dialog", { name: "Leave this group" });
  await ask.getByText("You are its only owner").waitFor();
  await ask.getByRole("button", { name: "Leave this group" }).click();
  await notice("You have left “Crowd”.").waitFor();
  await wren.row(/^Crowd/).waitFor({ state: "hidden" });
});

test("a thousand conversations: all are there, few are drawn, the last one is reached by keys", async () => {
  const names = Array.from({ length: 160 }, (_, i) => `Room ${i}`);
  for (const name of names) await make(name);
  const { page } = wren;
  await page.reload();
  await side().getByRole("link", { name: /^Room 159/ }).waitFor();
  await page.getByRole("link", { name: "Search", exact: true }).first().focus();
  await page.keyboard.press("ArrowDown");
  const last = side().getByRole("link", { name: /^Everyone/ });
  await until(async () => (await page.keyboard.press("End"), last.count()), 1);
  assert.ok((await side().locator("a.row").count()) < 60, "only those near the window are drawn");
  await page.keyboard.press("Home");
  await side().getByRole("link", { name: /^Boats/ }).waitFor();
  await away();
});

test("on a phone: the dock, one pane, and a way back that never leaves", async () => {
  const phone = await Person.at(browser, PHONE);
  const { page } = phone;
  await phone.visit(server.url);
  await phone.signIn("ann", PASSWORD);
  const dock = page.getByRole("navigation", { name: "Main" });
  await dock.getByRole("link", { name: "Search" }).click();
  await page.getByRole("combobox").waitFor();
  await dock.getByRole("link", { name: "Conversations" }).click();
  await phone.open(/^Boats/);
  assert.equal(await dock.isVisible(), false);
  await page.getByRole("button", { name: "About this conversation" }).click();
  await page.getByRole("dialog", { name: "Boats" }).waitFor();
  await page.goBack();
  await page.getByRole("dialog", { name: "Boats" }).waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "Back to the list" }).click();
  await phone.row(/^Boats/).waitFor();
  await page.getByRole("button", { name: "What the list shows" }).click();
  await page.getByRole("menuitemradio", { name: "Archived" }).click();
  await page.getByRole("heading", { name: "Archived" }).waitFor();
  await page.goBack();
  await phone.row(/^Boats/).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, "nothing to scroll sideways");
  const small = await page.locator(".side :is(a, button):visible, .dock > *:visible").evaluateAll((all) =>
    all.filter((it) => it.getBoundingClientRect().height < 43.5).map((it) => it.outerHTML.slice(0, 80)));
  assert.deepEqual(small, []);
  await phone.leave();
});

test("on a phone a page that was opened from elsewhere has the list beneath it", async () => {
  const phone = await Person.at(browser, PHONE);
  await phone.visit(server.url);
  await phone.signIn("ann", PASSWORD);
  const page = await phone.context.newPage();
  const other = Object.assign(new Person(), { context: phone.context, page });
  await page.goto(new URL(`/conversations/${ids.Boats}`, server.url).href);
  await other.heads("Boats");
  await page.goBack();
  await other.row(/^Boats/).waitFor();
  await phone.leave();
});

test("a long press opens the menu of a row and does not follow its link", async () => {
  const phone = await Person.at(browser, PHONE);
  const { page } = phone;
  await phone.visit(server.url);
  await phone.signIn("ann", PASSWORD);
  await phone.row(/^Boats/).waitFor();
  const { x, y, width, height } = await phone.row(/^Boats/).boundingBox();
  const touch = await phone.context.newCDPSession(page);
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: x + width / 2, y: y + height / 2 }] });
  await page.getByRole("menu", { name: "More about Boats" }).waitFor();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await page.getByRole("menuitem", { name: "About this conversation" }).click();
  await page.getByRole("dialog", { name: "Boats" }).waitFor();
  await phone.leave();
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, options] of Object.entries({ desk: {}, phone: PHONE })) {
    test(`no barrier: ${size}, ${colorScheme}`, async () => {
      await say(bob, ids.Attic, "@ann once more");
      const person = await Person.at(browser, { colorScheme, reducedMotion: "reduce", ...options });
      const { page } = person;
      const sound = soundOf(page);
      await person.visit(server.url);
      await person.signIn("ann", PASSWORD);
      await person.row(/^Attic.*mention/).waitFor();
      await sound("list in sections");
      await page.getByRole("button", { name: "What the list shows" }).click();
      await page.getByRole("menu").waitFor();
      await sound("menu of the list");
      await page.getByRole("menuitemradio", { name: "Archived" }).click();
      await sound("archive");
      await page.getByRole("button", { name: "Show all conversations" }).click();
      await person.open(/^Boats/);
      await page.getByRole("article").getByRole("button", { name: "bob", exact: true }).first().click();
      await page.getByRole("dialog", { name: "bob" }).waitFor();
      await sound("card");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "About this conversation" }).click();
      await page.getByRole("dialog", { name: "Boats" }).waitFor();
      await sound("details");
      await page.keyboard.press("Escape");
      await person.leave();
    });
  }
}
