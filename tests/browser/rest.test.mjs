// Wherever one goes in a long conversation, and however fast: the page comes to rest, with what one went to on the screen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { connect } from "../js/lib/socket.mjs";
import { openBrowser, Person, until } from "./people.mjs";

const LAST = 1_199;
let browser, server, ann, bob, pen, room;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob"] });
  bob = await server.signIn("bob");
  pen = await connect(server, bob.token);
  room = (await bob.api("POST", "/api/conversations", { title: "Long", isGroup: true, members: ["ann"] })).body.id;
  await bob.api("POST", "/api/conversations", { title: "Other", isGroup: true, members: ["ann"] });
  await write(LAST + 1);
  assert.equal((await (await server.signIn("ann")).api("POST", `/api/conversations/${room}/read`, { seq: LAST + 1 })).status, 204);
  ann = await Person.at(browser);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  await ann.open("Long");
  await ann.sees(`line ${LAST}`);
});
after(async () => {
  pen.close();
  await ann.leave();
  await browser.close();
  await server.close();
});

test("Home and End, again and again: at the first line, at the newest one", async () => {
  for (let round = 0; round < 3; round++) {
    await press("Home");
    await restsAt("line 0");
    assert.ok(!(await here("line 400")), "what is far away is not fetched");
    await press("End");
    await restsAt(`line ${LAST}`);
  }
});

test("keys faster than the page: the last one counts", async () => {
  await press("Home", "End", "Home", "End", "Home");
  await restsAt("line 0");
  await press("End", "Home", "End");
  await restsAt(`line ${LAST}`);
});

test("the link to a line in the middle leads there, and to the same line again", async () => {
  for (let round = 0; round < 2; round++) {
    await ann.visit(at(`/conversations/${room}/600`));
    await restsAt("line 599");
    await press("End");
    await restsAt(`line ${LAST}`);
  }
});

test("something found far away, and the way to the latest from there", async () => {
  await ann.visit(at("/search?q=needle"));
  await ann.page.locator("a.hit").filter({ hasText: "needle" }).click();
  await restsAt("the needle in the haystack");
  await ann.page.getByRole("button", { name: "Jump to the latest" }).click();
  await restsAt(`line ${LAST}`);
});

test("a wheel that is turned fast, up and down; windows of other sizes meanwhile", async () => {
  for (const direction of [-1, 1, -1]) {
    await spin(direction, 40);
    await rests();
    await spin(direction, 10);
    await ann.page.setViewportSize({ width: 700, height: 500 });
    await spin(direction, 10);
    await ann.page.setViewportSize({ width: 1440, height: 900 });
    await rests();
  }
  await press("End");
  await restsAt(`line ${LAST}`);
});

test("at the end of what is here, what comes later moves nothing: neither up nor down, and no more is fetched than one needs", async () => {
  for (const [way, goes, side] of [[1, "Home", "after"], [-1, "End", "before"]]) {
    await press(goes);
    await rests();
    const gate = await hold(side);
    await spin(way, 40);
    await gate.reached();
    const [seq, top] = await topLine();
    gate.open();
    await rests();
    assert.equal(await placeOf(seq), top, `line ${seq}`);
    await gate.close();
    assert.ok(!(await here(way > 0 ? `line ${LAST}` : "line 0")), "nobody went so far");
  }
});

test("lines that come while one is far away, and one's own words from there", async () => {
  await press("Home");
  await restsAt("line 0");
  await write(60, LAST + 1);
  await restsAt("line 0");
  await ann.say("my own words");
  await restsAt("my own words");
});

test("away in the middle of it and back: where one was", async () => {
  await ann.visit(at(`/conversations/${room}/300`));
  await restsAt("line 299");
  await spin(-1, 3);
  await ann.open("Other");
  await ann.open("Long");
  await rests();
  const [seq, top] = await topLine();
  await ann.open("Other");
  await ann.open("Long");
  await rests();
  assert.equal(await placeOf(seq), top, `line ${seq}`);
});

const at = (path) => new URL(path, server.url).href;
const here = async (text) => (await ann.line(text).count()) > 0;

/** Bob writes `count` lines, numbered on from `from`; one socket keeps their order. */
async function write(count, from = 0) {
  const text = (n) => (n === 77 ? "the needle in the haystack" : `line ${n}`);
  const sent = await Promise.all(Array.from({ length: count }, (_, i) => pen.send(room, text(from + i))));
  assert.ok(sent.every((answer) => answer.error === undefined));
}

async function press(...keys) {
  await ann.page.getByRole("region", { name: "Messages" }).focus();
  for (const key of keys) await ann.page.keyboard.press(key);
}

/** Turns the wheel without waiting for what comes of it. */
async function spin(direction, times) {
  await ann.page.getByRole("region", { name: "Messages" }).hover();
  for (let i = 0; i < times; i++) await ann.page.mouse.wheel(0, direction * 900);
}

/** Waits until the page is at rest, and nothing is missing between its lines. */
async function rests() {
  await ann.rests();
  const numbers = await ann.page.locator("article[data-seq]").evaluateAll((rows) => rows.map((row) => Number(row.dataset.seq)));
  assert.ok(numbers.length > 0 && numbers.length <= 300, `${numbers.length} lines`);
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), "no gap");
}

/** Waits until this line is there, and the page at rest with all of it on the screen. */
async function restsAt(text) {
  await ann.sees(text);
  await rests();
  const [box, frame] = await Promise.all([ann.line(text).boundingBox(), ann.page.getByRole("region", { name: "Messages" }).boundingBox()]);
  assert.ok(box !== null && box.y >= frame.y - 1 && box.y + box.height <= frame.y + frame.height + 1, `“${text}” is not on the screen: ${JSON.stringify({ box, frame })}`);
}

/** Holds the pages of one side back. */
async function hold(side) {
  let give;
  const given = new Promise((done) => (give = done));
  let asked = 0;
  const pages = new RegExp(`/messages\\?.*${side}=`);
  await ann.page.route(pages, async (route) => {
    asked += 1;
    await given;
    await route.continue();
  });
  return {
    /** One is at the edge of what is here, and more was asked for. */
    reached: () =>
      until(async () => asked > 0 && (await ann.page.evaluate(() => {
        const { scrollTop, scrollHeight, clientHeight } = document.querySelector(".thread");
        return Math.min(scrollTop, scrollHeight - scrollTop - clientHeight) < 1;
      })), true),
    open: () => give(),
    close: () => ann.page.unroute(pages),
  };
}

/** The line at the upper edge, and where its words are. */
async function topLine() {
  const seq = await ann.page.evaluate(() => {
    const edge = document.querySelector(".thread").getBoundingClientRect().top;
    return [...document.querySelectorAll("article[data-seq]")].find((each) => each.getBoundingClientRect().bottom > edge).dataset.seq;
  });
  return [seq, await placeOf(seq)];
}

/** How far, in px, the words of a line are from the upper edge. */
function placeOf(seq) {
  return ann.page.evaluate((wanted) => {
    const words = document.querySelector(`article[data-seq="${wanted}"] .words`);
    return words && Math.round(words.getBoundingClientRect().top - document.querySelector(".thread").getBoundingClientRect().top);
  }, seq);
}
