// What counts as read, where the page stands while lines arrive, and one queue in two tabs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, sendFiles, until } from "./people.mjs";

let browser, server, ann, annApi, bob, field;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob"] });
  bob = await server.signIn("bob");
  annApi = await server.signIn("ann");
  ann = await Person.at(browser);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  field = ann.page.getByRole("textbox", { name: "Your words" });
});
after(async () => {
  await ann.leave();
  await browser.close();
  await server.close();
});

test("only what was on the screen is read: first opening, opening again, a window without focus", async () => {
  const room = await make("Long");
  await write(room, 130);
  await ann.open("Long");
  const first = await readsWhatIsSeen(room, 130);
  assert.ok(first > 5 && first < 60, `${first} lines fit a screen`);

  await ann.page.getByRole("button", { name: /new lines/ }).click();
  await reads(room, 130);
  const other = await make("Other");
  await ann.open("Other");
  await write(room, 60, 130);
  await ann.row(/^Long.*60 unread/).waitFor();
  await ann.open("Long");
  await ann.page.getByRole("separator", { name: "60 new lines" }).waitFor();
  await readsWhatIsSeen(room, 190);

  await ann.page.getByRole("button", { name: /new lines/ }).click();
  await reads(room, 190);
  await ann.page.evaluate(() => (document.hasFocus = () => false));
  await write(room, 50, 190);
  await ann.page.getByRole("button", { name: "50 new lines" }).waitFor();
  assert.equal(await readSeq(room), 190, "nobody was looking");
  assert.ok(await ann.line("line 190").isVisible());
  await ann.page.evaluate(() => {
    delete document.hasFocus;
    dispatchEvent(new Event("focus"));
  });
  await readsWhatIsSeen(room, 240);
  assert.equal(await readSeq(other), 0);
});

test("beside one's own line the rule is ink, in its whole width", async () => {
  await make("Ink");
  await ann.open("Ink");
  await ann.say("mine");
  await ann.seesNote("mine", "Sent");
  const words = await ann.line("mine").locator(".words").boundingBox();
  const clip = { x: words.x - 40, y: words.y + words.height / 2, width: 40, height: 1 };
  const picture = await ann.page.screenshot({ clip, animations: "disabled" });
  const row = await ann.page.evaluate(async (data) => {
    const image = Object.assign(new Image(), { src: `data:image/png;base64,${data}` });
    await image.decode();
    const paper = Object.assign(document.createElement("canvas"), { width: image.width, height: 1 }).getContext("2d");
    paper.drawImage(image, 0, 0);
    const { data: bytes } = paper.getImageData(0, 0, image.width, 1);
    return Array.from({ length: image.width }, (_, at) => `rgb(${[...bytes.slice(at * 4, at * 4 + 3)].join(", ")})`);
  }, picture.toString("base64"));
  const ink = await ann.line("mine").locator(".name").evaluate((name) => getComputedStyle(name).color);
  const inked = row.flatMap((colour, at) => (colour === ink ? [at] : []));
  assert.deepEqual(inked.map((at) => at - inked[0]), [0, 1, 2], `${ink} in ${row}`);
});

test("a message of 8,000 characters is read from its beginning; one's own line is followed to the end", async () => {
  const room = await make("Letters");
  await ann.open("Letters");
  // It is folded, and even so higher than this window.
  await ann.page.setViewportSize({ width: 1440, height: 560 });
  const letter = `Dear Ann, ${"this goes on and on. ".repeat(400)}`.slice(0, 7_999) + ".";
  assert.equal((await say(room, letter)).status, 201);
  const article = ann.page.locator("article").filter({ hasText: "Dear Ann" });
  await article.waitFor();
  const [top, frame] = await Promise.all([article.boundingBox(), ann.page.getByRole("region", { name: "Messages" }).boundingBox()]);
  assert.ok(top.y >= frame.y - 1, "its beginning is on the screen");
  await ann.page.getByRole("button", { name: "1 new line" }).waitFor();
  assert.equal(await readSeq(room), 0, "its end was not");
  await ann.say("Dear Bob");
  await ann.seesNote("Dear Bob", "Sent");
  await ann.page.waitForFunction(() => {
    const box = document.querySelector(".thread");
    return box.scrollHeight - box.scrollTop - box.clientHeight < 48;
  });
  await reads(room, 2);
  await ann.page.setViewportSize({ width: 1440, height: 900 });
});

test("a folded message is read when its fold was on the screen of somebody who looks, not before; unfolding changes nothing", async () => {
  const room = await make("Folded");
  await ann.open("Folded");
  await ann.page.setViewportSize({ width: 1440, height: 1300 });
  const [list, file] = [Array.from({ length: 60 }, (_, i) => `point ${i}`).join("\n"), { name: "all.txt", mimeType: "text/plain", buffer: Buffer.from("all of it") }];
  await ann.page.evaluate(() => (document.hasFocus = () => false));
  await sendFiles(server, bob, room, list, [file]);
  const fold = ann.page.getByRole("button", { name: "Show all" });
  await fold.waitFor();
  assert.ok(await inside(fold), "it fits this window");
  assert.equal(await readSeq(room), 0, "nobody was looking");
  // Now somebody looks, and the fold is below the edge.
  await ann.page.setViewportSize({ width: 1440, height: 560 });
  await turn(-5_000);
  assert.ok(!(await inside(fold)));
  await ann.page.evaluate(() => {
    delete document.hasFocus;
    dispatchEvent(new Event("focus"));
  });
  await ann.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal(await readSeq(room), 0, "its fold was not seen");
  // The fold alone comes into the window, the file below it does not.
  await fold.evaluate((button) => {
    const box = document.querySelector(".thread");
    box.scrollTop += button.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom + 2;
  });
  assert.ok(!(await inside(ann.page.getByRole("link", { name: /Download all\.txt/ }))));
  await reads(room, 1);
  await fold.click();
  await ann.page.getByRole("button", { name: "Show less" }).waitFor();
  await ann.page.setViewportSize({ width: 1440, height: 900 });
});

test("a change under way stays where one goes: far away in the page, to another conversation, over a reload", async () => {
  const room = await make("Changes");
  await ann.open("Changes");
  await ann.say("as I said it");
  await ann.say("and this");
  await ann.seesNote("and this", "Sent");
  await write(room, 420, 2);
  await goTo("End");
  await ann.sees("line 421");
  await goHome();
  await change("as I said it", "as I meant");
  await ann.composer.click();
  await goTo("End");
  await ann.sees("line 421");
  await ann.rests();
  assert.equal(await field.count(), 0, "its line is no longer in the document");
  await ann.composer.fill("here the focus stays");
  await goHome();
  assert.equal(await field.inputValue(), "as I meant");
  // A second one beside it; and both over the other conversation and the reload.
  await change("and this", "and that");
  assert.deepEqual(await field.evaluateAll((all) => all.map((one) => one.value)), ["as I meant", "and that"]);
  await ann.open("Long");
  await ann.open("Changes");
  await goHome();
  assert.deepEqual(await field.evaluateAll((all) => all.map((one) => one.value)), ["as I meant", "and that"]);
  await ann.page.reload();
  await ann.heads("Changes");
  await goHome();
  assert.deepEqual(await field.evaluateAll((all) => all.map((one) => one.value)), ["as I meant", "and that"]);
  assert.ok(!(await field.first().evaluate((one) => one === document.activeElement)), "what comes back takes no focus");
  await field.first().press("Enter");
  await ann.sees("as I meant");
  await field.press("Escape");
  await ann.sees("and this");
  await ann.page.reload();
  await ann.heads("Changes");
  await goHome();
  assert.equal(await field.count(), 0, "nothing is under way any more");
  // Deleted elsewhere, there is nothing left to change.
  await change("and this", "never mind");
  const { body } = await annApi.api("GET", `/api/conversations/${room}/messages?around=2&limit=1`);
  assert.equal((await annApi.api("DELETE", `/api/messages/${body.messages[0].id}`)).status, 204);
  await field.waitFor({ state: "detached" });
  assert.equal(await ann.page.evaluate(() => sessionStorage["inkspot.edits"]), undefined);
});

test("a line that waits in two tabs is delivered once and drawn once in both", async () => {
  const room = await make("Twice");
  const gate = await gateOf(ann.context);
  gate.open = false;
  await ann.page.reload();
  await ann.open("Twice");
  await ann.say("from a tab without a connection");
  await ann.seesNote("from a tab without a connection", "Waiting to send");
  const second = Object.assign(new Person(), { context: ann.context, page: await ann.context.newPage() });
  await second.visit(ann.page.url());
  await second.seesNote("from a tab without a connection", "Waiting to send");
  gate.open = true;
  for (const tab of [ann, second]) await tab.reconnects();
  for (const tab of [ann, second]) await tab.seesNote("from a tab without a connection", "Sent");
  await ann.say("and another");
  await second.say("and one from there");
  for (const tab of [ann, second]) {
    await tab.seesNote("and one from there", "Sent");
    await tab.sees("and another");
    assert.deepEqual((await tab.lines()).toSorted(), ["and another", "and one from there", "from a tab without a connection"]);
    assert.equal(await tab.page.locator("article.sending").count(), 0);
  }
  const { body } = await bob.api("GET", `/api/conversations/${room}/messages`);
  assert.equal(body.messages.length, 3);
  await second.page.reload();
  await second.sees("and another");
  assert.equal((await second.lines()).length, 3);
  await second.page.close();
});

test("a server that opens the connection and then says nothing is given up, and tried again", async () => {
  const person = await Person.at(browser);
  const gate = await gateOf(person.context);
  gate.mute = true;
  await person.page.clock.install();
  await person.visit(server.url);
  await person.page.getByRole("textbox", { name: "Name" }).fill("bob");
  await person.page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  const opened = gate.muted();
  await person.page.getByRole("button", { name: "Sign in" }).click();
  await opened;
  gate.mute = false;
  await person.page.clock.fastForward(10_000);
  await person.page.getByText("Connected to").waitFor();
  await person.leave();
});

/** Makes a group of bob and ann, who sees it in her list. */
async function make(title) {
  const made = await bob.api("POST", "/api/conversations", { title, isGroup: true, members: ["ann"] });
  assert.equal(made.status, 201);
  await ann.row(title).waitFor();
  return made.body.id;
}

function say(conversationId, content) {
  return bob.api("POST", "/api/messages/realtime", { conversationId, content });
}

/** Bob writes `count` lines, numbered on from `from`. */
async function write(room, count, from = 0) {
  for (let i = from; i < from + count; i++) assert.equal((await say(room, `line ${i}`)).status, 201);
}

function goTo(end) {
  return ann.page.getByRole("region", { name: "Messages" }).press(end);
}

/** Goes to the very first line. */
async function goHome() {
  await goTo("Home");
  await ann.page.locator('article[data-seq="1"]').waitFor();
  await ann.rests();
}

/** Opens one of Ann's own lines and writes other words, without keeping them. */
async function change(text, words) {
  const line = ann.line(text);
  await line.hover();
  await line.getByRole("button", { name: "More about this line" }).click();
  await ann.page.getByRole("menuitem", { name: "Edit" }).click();
  await field.last().fill(words);
}

/** Whether all of it is in the part of the page that can be seen. */
async function inside(locator) {
  const [box, frame] = await Promise.all([locator.boundingBox(), ann.page.getByRole("region", { name: "Messages" }).boundingBox()]);
  return box.y >= frame.y - 1 && box.y + box.height <= frame.y + frame.height + 1;
}

/** Turns the wheel over the page. */
async function turn(by) {
  await ann.page.getByRole("region", { name: "Messages" }).hover();
  await ann.page.mouse.wheel(0, by);
  await ann.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** How far Ann has read, by the server. */
async function readSeq(room) {
  return (await annApi.api("GET", `/api/conversations/${room}`)).body.lastReadSeq;
}

/** Waits until Ann has read up to this line. */
async function reads(room, seq) {
  await until(() => readSeq(room), seq);
}

/** Waits until exactly what the page shows whole is read, of `size` lines; resolves to how many lines are on the screen. */
async function readsWhatIsSeen(room, size) {
  await ann.page.getByRole("article").first().waitFor();
  await ann.rests();
  const seen = await ann.page.evaluate(() => {
    const frame = document.querySelector(".thread").getBoundingClientRect();
    const rows = [...document.querySelectorAll("article")].map((row) => [row.getBoundingClientRect(), Number(row.dataset.seq)]);
    const whole = rows.filter(([box]) => box.top >= frame.top - 4 && box.bottom <= frame.bottom + 4);
    return { last: whole.at(-1)[1], count: whole.length };
  });
  await ann.page.getByRole("button", { name: `${size - seen.last} new lines` }).waitFor();
  await reads(room, seen.last);
  return seen.count;
}

/** A gate for the realtime connections of a profile: `open` lets them through, `mute` swallows the greeting. */
async function gateOf(context) {
  const gate = { open: true, mute: false, muted: () => new Promise((done) => (gate.onMuted = done)), onMuted() {} };
  await context.route("**/api/socketio/**", (route) => (gate.open ? route.continue() : route.abort()));
  await context.routeWebSocket("**/api/socketio/**", (socket) => {
    if (!gate.open) return void socket.close();
    const upstream = socket.connectToServer();
    socket.onMessage((text) => {
      if (gate.mute && String(text).startsWith("40")) gate.onMuted();
      else upstream.send(text);
    });
  });
  return gate;
}
