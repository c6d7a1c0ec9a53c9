// Reading: the page never jumps, opens where reading goes on, and tells what is new.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, PATIENCE, TestServer } from "../js/lib/server.mjs";
import { connect } from "../js/lib/socket.mjs";
import { openBrowser, Person, sendFiles, until } from "./people.mjs";
import { paint } from "./pictures.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser, server, ann, annApi, bob, pen, picture;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob"] });
  [annApi, bob] = [await server.signIn("ann"), await server.signIn("bob")];
  pen = await connect(server, bob.token);
  picture = { name: "beds.jpg", mimeType: "image/jpeg", buffer: (await paint(browser, ["beds"])).beds };
  ann = await comes();
});
after(async () => {
  pen.close();
  await ann.leave();
  await browser.close();
  await server.close();
});

test("nothing moves the line that is read: older lines, a window of another size, lines that come, change and go, late fonts", async () => {
  const room = await make("Calm");
  await write(room, 420);
  await reads(room, 420);
  await ann.open("Calm");
  await ann.sees("line 419");
  let give;
  const given = new Promise((done) => (give = done));
  await ann.page.route(/messages\?.*before=/, async (route) => (await given, route.continue()));
  await turn(-3_000);
  const count = await ann.page.locator("article").count();
  await still(await hold(), "older lines came", () => (give(), ann.page.waitForFunction((n) => document.querySelectorAll("article").length > n, count)));
  await ann.page.unroute(/messages\?.*before=/);
  await turn(-300);

  const seq = await topSeq();
  await still(await hold(), "a line above grew", async () => {
    const { body } = await bob.api("GET", `/api/conversations/${room}/messages?around=${seq - 5}&limit=1`);
    assert.equal((await bob.api("PATCH", `/api/messages/${body.messages[0].id}`, { content: "longer\n".repeat(12) })).status, 200);
    await ann.page.getByText("longer").first().waitFor({ state: "attached" });
  });
  await still(await hold(), "a line above was deleted", async () => {
    const { body } = await bob.api("GET", `/api/conversations/${room}/messages?around=${seq - 6}&limit=1`);
    assert.equal((await bob.api("DELETE", `/api/messages/${body.messages[0].id}`)).status, 204);
    await ann.page.getByText("This message was deleted.").waitFor({ state: "attached" });
  });
  await still(await hold(), "a line came below", async () => {
    await say(room, "news from below");
    await ann.page.getByRole("button", { name: "1 new line" }).waitFor();
  });
  await still(await hold(), "the window became smaller", () => ann.page.setViewportSize({ width: 1000, height: 600 }));
  await still(await hold(), "and larger", () => ann.page.setViewportSize({ width: 1440, height: 900 }));
  await still(await hold(), "a font came late", () => ann.page.evaluate(() => document.documentElement.style.setProperty("--t-text", "1.125rem/1.75rem serif")));
  await ann.page.evaluate(() => document.documentElement.style.removeProperty("--t-text"));
});

test("a picture above that loads late has its place already", async () => {
  const room = await make("Pictures");
  await write(room, 10);
  for (let i = 0; i < 4; i++) await sendFiles(server, bob, room, `picture ${i}`, [picture]);
  await write(room, 30, 10);
  await reads(room, 44);
  let give;
  const given = new Promise((done) => (give = done));
  await ann.context.route("**/thumbnails/**", async (route) => (await given, route.continue()));
  await ann.open("Pictures");
  await ann.sees("line 39");
  await ann.page.getByText("line 10", { exact: true }).evaluate((line) => line.scrollIntoView({ block: "start" }));
  await drawn();
  await still(await hold(), "the pictures loaded", async () => {
    give();
    await ann.page.waitForFunction(() => [...document.querySelectorAll("article img")].filter((image) => image.complete && image.naturalWidth > 0).length >= 1);
  });
  await ann.context.unroute("**/thumbnails/**");
});

test("far up and down again: what is drawn stays bounded, in order, without a gap, and never jumps", async () => {
  const room = await make("Far");
  await write(room, 900);
  await reads(room, 900);
  await ann.open("Far");
  await ann.sees("line 899");
  await ann.page.getByRole("region", { name: "Messages" }).hover();
  for (const direction of [-1, 1]) {
    // While a page is on its way, turning the wheel leads no further.
    const deadline = Date.now() + 4 * PATIENCE;
    for (let step = 0; Date.now() < deadline; step++) {
      const held = await hold();
      await ann.page.mouse.wheel(0, direction * 600);
      await drawn();
      const moved = await movedBy(held);
      if (moved !== null) assert.ok(Math.abs(moved.line - moved.scroll) <= 1, `step ${step}: the line went ${moved.line} px, the wheel ${moved.scroll}`);
      assert.ok((await ann.page.locator("article").count()) <= 300);
      const end = direction < 0 ? "line 0" : "line 899";
      if (await ann.line(end).isVisible()) break;
    }
    const numbers = await ann.page.locator("article[data-seq]").evaluateAll((rows) => rows.map((row) => Number(row.dataset.seq)));
    assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), "no gap");
    assert.ok(await ann.line(direction < 0 ? "line 0" : "line 899").isVisible());
  }
});

test("Home leads to the very first line, End to the newest; arrows go from line to line, Enter opens the menu", async () => {
  const { page } = ann;
  await ann.open("Far");
  const log = page.getByRole("region", { name: "Messages" });
  await log.focus();
  await page.keyboard.press("Home");
  await ann.sees("line 0");
  await page.waitForFunction(() => document.activeElement?.dataset?.seq === "1");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focusedSeq(), 3);
  await page.keyboard.press("ArrowUp");
  assert.equal(await focusedSeq(), 2);
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Copy the text" }).waitFor();
  assert.ok(await page.getByRole("menu").getByText(/\d{1,2}:\d{2}:\d{2}/).isVisible(), "it says when exactly");
  await page.keyboard.press("Escape");
  assert.equal(await focusedSeq(), 2, "the focus is back on the line");
  await page.keyboard.press("End");
  await ann.sees("line 899");
  await page.getByRole("button", { name: "Jump to the latest" }).waitFor({ state: "detached" });
});

test("coming back one is where one was; new lines lead to what is unread", async () => {
  await ann.open("Far");
  await turn(-4_000);
  const place = await hold();
  await ann.open("Calm");
  await ann.open("Far");
  await drawn();
  const moved = await movedBy(place);
  assert.ok(moved !== null && Math.abs(moved.line) <= 1, `the line is ${moved?.line} px away`);
  await ann.open("Calm");
  const room = await idOf("Far");
  await say(room, "what is new");
  await ann.row(/Far.*1 unread/).waitFor();
  await Promise.all([ann.page.getByRole("separator", { name: "1 new line" }).waitFor(), ann.open("Far")]);
  assert.ok(await ann.line("what is new").isVisible());
  await reads(room, 901, false);
});

test("marked unread stays unread while one looks, and is read after coming back", async () => {
  const room = await make("Later");
  await write(room, 8);
  await ann.open("Later");
  await reads(room, 8, false);
  await ann.line("line 5").hover();
  await choose("line 5", "Mark unread from here");
  await ann.page.getByRole("separator", { name: "3 new lines" }).waitFor();
  await reads(room, 5, false);
  await say(room, "one more");
  await ann.sees("one more");
  await ann.page.evaluate(() => dispatchEvent(new Event("focus")));
  await drawn();
  await ann.page.waitForFunction(() => document.title.startsWith("(4)"));
  assert.equal(await readSeq(room), 5);
  await ann.open("Calm");
  await ann.open("Later");
  await reads(room, 9, false);
  await ann.page.getByRole("separator").waitFor({ state: "detached" });
});

test("the link to a line leads there; what was changed shows what it said before", async () => {
  const room = await idOf("Far");
  await ann.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ann.page.goto(new URL(`/conversations/${room}/40`, server.url).href);
  await ann.line("line 39").locator("xpath=self::*[@aria-current='true']").waitFor();
  await choose("line 39", "Copy the link");
  await ann.seesText("The link to this line is copied.");
  assert.equal(await ann.page.evaluate(() => navigator.clipboard.readText()), new URL(`/conversations/${room}/40`, server.url).href);
  const { body } = await bob.api("GET", `/api/conversations/${room}/messages?around=41&limit=1`);
  assert.equal((await bob.api("PATCH", `/api/messages/${body.messages[0].id}`, { content: "other words" })).status, 200);
  await ann.sees("other words");
  await choose("other words", "Show earlier versions");
  const dialog = ann.page.getByRole("dialog", { name: "What this line said" });
  await dialog.getByText("other words").waitFor();
  assert.deepEqual(await dialog.getByRole("listitem").locator("p").allInnerTexts(), ["other words", body.messages[0].content]);
  await ann.page.keyboard.press("Escape");
});

test("who names one is marked on the rule; the icon of the window says so too", async () => {
  const room = await make("Names");
  const icon = () => ann.page.locator("link[rel=icon]").getAttribute("href");
  await ann.open("Calm");
  const before = await icon();
  await say(room, "for everybody");
  await say(room, "only for @ann");
  await ann.row(/Names.*2 unread/).waitFor();
  await ann.page.waitForFunction((old) => document.querySelector("link[rel=icon]").getAttribute("href") !== old, before);
  assert.match(await ann.page.title(), /^\(\d+\)/);
  await ann.open("Names");
  await ann.page.locator("article").filter({ hasText: "only for" }).getByText("Names you:").waitFor({ state: "attached" });
  assert.equal(await ann.page.locator("article").filter({ hasText: "for everybody" }).getByText("Names you:").count(), 0);
});

test("only lines that come live move", async () => {
  const room = await make("Motion");
  await write(room, 5);
  await ann.open("Motion");
  await ann.sees("line 4");
  assert.equal(await ann.page.locator("article.fresh").count(), 0);
  await say(room, "just now");
  await ann.sees("just now");
  assert.deepEqual(await ann.page.locator("article.fresh .words").allInnerTexts(), ["just now"]);
  await ann.open("Calm");
  await ann.open("Motion");
  await ann.sees("just now");
  assert.equal(await ann.page.locator("article.fresh").count(), 0);
});

test("on a phone a finger that rests on a line opens its menu; one that scrolls does not", async () => {
  const phone = await comes(PHONE);
  await phone.open("Later");
  const cdp = await phone.context.newCDPSession(phone.page);
  const box = await phone.line("line 3").locator(".words").boundingBox();
  const at = { x: box.x + 20, y: box.y + 12 };
  await cdp.send("Input.synthesizeScrollGesture", { ...at, yDistance: 120, gestureSourceType: "touch" });
  assert.equal(await phone.page.getByRole("menu").count(), 0);
  const now = await phone.line("line 3").locator(".words").boundingBox();
  await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: now.x + 20, y: now.y + 12 }] });
  await phone.page.getByRole("menu").waitFor();
  await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await phone.page.getByRole("menuitem", { name: "Mark unread from here" }).waitFor();
  for (const item of await phone.page.getByRole("menuitem").all()) assert.ok((await item.boundingBox()).height >= 44);
  await phone.leave();
});

/** Ann in a browser of her own, signed in. */
async function comes(options) {
  const person = await Person.at(browser, options);
  await person.visit(server.url);
  await person.signIn("ann", PASSWORD);
  return person;
}

async function make(title) {
  const made = await bob.api("POST", "/api/conversations", { title, isGroup: true, members: ["ann"] });
  assert.equal(made.status, 201);
  await ann.row(new RegExp(title)).waitFor();
  return made.body.id;
}

async function idOf(title) {
  const { body } = await annApi.api("GET", "/api/conversations");
  return body.conversations.find((room) => room.title === title).id;
}

async function say(conversationId, content) {
  assert.equal((await bob.api("POST", "/api/messages/realtime", { conversationId, content })).status, 201);
}

/** Bob writes `count` lines, numbered on from `from`; one socket keeps their order. */
async function write(room, count, from = 0) {
  const sent = await Promise.all(Array.from({ length: count }, (_, i) => pen.send(room, `line ${from + i}`)));
  assert.ok(sent.every((answer) => answer.error === undefined));
}

async function readSeq(room) {
  return (await annApi.api("GET", `/api/conversations/${room}`)).body.lastReadSeq;
}

/** Ann has read up to here: told to the server, or waited for. */
async function reads(room, seq, tell = true) {
  if (tell) {
    assert.equal((await annApi.api("POST", `/api/conversations/${room}/read`, { seq })).status, 204);
    // Her page has heard of it too.
    await ann.page.locator(`nav a[href="/conversations/${room}"]`).filter({ hasNotText: "unread" }).waitFor();
  }
  await until(() => readSeq(room), seq);
}

async function choose(line, entry) {
  await ann.line(line).hover();
  await ann.line(line).getByRole("button", { name: "More about this line" }).click();
  await ann.page.getByRole("menuitem", { name: entry }).click();
}

function drawn() {
  return ann.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));
}

async function turn(delta) {
  await ann.page.getByRole("region", { name: "Messages" }).hover();
  for (let left = delta; left !== 0; left -= Math.sign(delta) * Math.min(500, Math.abs(left))) {
    await ann.page.mouse.wheel(0, Math.sign(delta) * Math.min(500, Math.abs(left)));
    await drawn();
  }
}

/** The line at the upper edge, and where it is; also how far is scrolled from now on. */
function hold() {
  return ann.page.evaluate(() => {
    const box = document.querySelector(".thread");
    const edge = box.getBoundingClientRect().top;
    const rows = [...document.querySelectorAll("article[data-seq]")];
    const row = rows.find((each) => each.getBoundingClientRect().bottom > edge) ?? rows.at(-1);
    window.turned = 0;
    window.ear ??= addEventListener("wheel", (event) => (window.turned += event.deltaY), { passive: true, capture: true });
    window.ear = true;
    return { seq: row.dataset.seq, top: row.querySelector(".words").getBoundingClientRect().top };
  });
}

/** How far the line is from where it was held, and how far the wheel was turned; `null` when one of both can't be told. */
function movedBy({ seq, top }) {
  return ann.page.evaluate(
    ({ seq, top }) => {
      const box = document.querySelector(".thread");
      const row = document.querySelector(`article[data-seq="${seq}"]`);
      const atEdge = box.scrollTop <= 0 || box.scrollHeight - box.scrollTop - box.clientHeight < 1;
      if (row === null || (atEdge && window.turned !== 0)) return null;
      return { line: row.querySelector(".words").getBoundingClientRect().top - top, scroll: -window.turned };
    },
    { seq, top },
  );
}

/** The held line is where it was after this happened, to the pixel. */
async function still(held, what, happens) {
  await happens();
  await drawn();
  const moved = await movedBy(held);
  assert.ok(moved !== null, `${what}: the line is gone`);
  assert.ok(Math.abs(moved.line - moved.scroll) <= 1, `${what}: the line moved by ${moved.line} px`);
}

function topSeq() {
  return ann.page.evaluate(() => {
    const edge = document.querySelector(".thread").getBoundingClientRect().top;
    return Number([...document.querySelectorAll("article[data-seq]")].find((row) => row.getBoundingClientRect().bottom > edge).dataset.seq);
  });
}

function focusedSeq() {
  return ann.page.evaluate(() => Number(document.activeElement?.dataset?.seq ?? 0));
}
