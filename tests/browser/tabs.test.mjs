// Many tabs of one browser: one connection over all of them, handed over when its tab closes, dies or is hidden.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";

let browser, server, ann, bob, room;
const tabs = [];
/** Open connections by tab. */
const open = new Map();

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob"] });
  bob = await server.signIn("bob");
  ann = await Person.at(browser);
  watch(ann);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  const made = await bob.api("POST", "/api/conversations", { title: "Tabs", isGroup: true, members: ["ann"] });
  room = made.body.id;
  await ann.open("Tabs");
  tabs.push(ann);
  for (let i = 1; i < 5; i++) tabs.push(await another());
});
after(async () => {
  await ann.leave();
  await browser.close();
  await server.close();
});

test("five tabs have one connection, and each hears every line once", async () => {
  await until(connections, 1);
  assert.equal(open.get(ann), 1, "the first tab leads");
  await say("to all of you");
  for (const tab of tabs) {
    await tab.sees("to all of you");
    assert.equal(await tab.line("to all of you").count(), 1);
    await tab.page.getByText("Connected to").waitFor();
  }
});

test("a line written in any tab is seen in all, and stored once", async () => {
  await tabs[3].say("from the fourth");
  for (const tab of tabs) await tab.seesNote("from the fourth", "Sent");
  assert.deepEqual(await stored("from the fourth"), 1);
});

test("what is read or begun in one tab is known in the others", async () => {
  const made = await bob.api("POST", "/api/conversations", { title: "Elsewhere", isGroup: true, members: ["ann"] });
  await bob.api("POST", "/api/messages/realtime", { conversationId: made.body.id, content: "psst" });
  for (const tab of tabs) await tab.row(/^Elsewhere.*1 unread/).waitFor();
  await front(tabs[2]);
  await tabs[2].open("Elsewhere");
  for (const tab of tabs) await tab.row(/^Elsewhere(?!.*unread)/).waitFor();
  await tabs[2].open("Tabs");
});

test("the tab that leads is closed: the next one goes on, and nothing is missed", async () => {
  await tabs.shift().page.close();
  await say("while it closed");
  for (const tab of tabs) await tab.sees("while it closed");
  await until(connections, 1);
});

test("a line is written as the tab that leads dies: it is delivered once", async () => {
  const at = tabs.findIndex((tab) => open.get(tab) === 1);
  const [leader] = tabs.splice(at, 1);
  const other = tabs[0];
  const cdp = await ann.context.newCDPSession(leader.page);
  await other.composer.fill("as it dies");
  const died = new Promise((done) => leader.page.once("crash", done));
  cdp.send("Page.crash").catch(() => undefined);
  await other.composer.press("Enter");
  await died;
  open.delete(leader);
  for (const tab of tabs) await tab.seesNote("as it dies", "Sent");
  assert.equal(await stored("as it dies"), 1);
  await until(connections, 1);
  await say("after it");
  for (const tab of tabs) await tab.sees("after it");
});

test("a hidden tab gives the lead to one that is seen, which goes on where it stopped", async () => {
  const at = tabs.findIndex((tab) => open.get(tab) === 1);
  const [leader, heir] = [tabs[at], tabs[(at + 1) % tabs.length]];
  for (const tab of tabs) await see(tab, tab === heir);
  await until(() => [open.get(leader), open.get(heir), connections()], [0, 1, 1]);
  await say("from the new one");
  for (const tab of tabs) await tab.sees("from the new one");
  assert.equal(await heir.page.getByRole("group", { name: "Reconnecting" }).count(), 0);
});

test("the tab that leads is hidden and frozen: one that is looked at takes over, and the frozen one follows when it wakes", async () => {
  const at = tabs.findIndex((tab) => open.get(tab) === 1);
  const [leader, heir] = [tabs[at], tabs[(at + 1) % tabs.length]];
  const others = tabs.filter((tab) => tab !== leader);
  for (const tab of tabs) await see(tab, false);
  const devtools = await ann.context.newCDPSession(leader.page);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  await see(heir, true);
  await heir.say("while it slept");
  for (const tab of others) await tab.seesNote("while it slept", "Sent");
  assert.equal(await stored("while it slept"), 1);
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await leader.seesNote("while it slept", "Sent");
  await until(() => [open.get(heir), connections()], [1, 1]);
  await leader.say("awake again");
  for (const tab of tabs) {
    await tab.seesNote("awake again", "Sent");
    assert.equal(await tab.line("while it slept").count(), 1);
    await tab.page.getByText("Connected to").waitFor();
  }
  assert.equal(await stored("awake again"), 1);
  await devtools.detach();
});

test("the connection is lost for all, and any tab can try again", async () => {
  await server.end();
  for (const tab of tabs) await tab.page.getByRole("button", { name: "Try now" }).waitFor();
  await tabs[1].say("written meanwhile");
  for (const tab of tabs) await tab.seesNote("written meanwhile", "Waiting to send");
  await server.boot();
  await tabs[1].reconnects();
  for (const tab of tabs) await tab.seesNote("written meanwhile", "Sent");
  assert.equal(await stored("written meanwhile"), 1);
  await until(connections, 1);
});

test("signing out in one tab signs out all of them, signing in signs all in", async () => {
  const [one, ...others] = tabs;
  await one.page.goto(new URL("/settings", server.url).href);
  await one.page.getByRole("button", { name: "Sign out", exact: true }).click();
  for (const tab of tabs) await tab.page.getByRole("button", { name: "Sign in" }).waitFor();
  await until(connections, 0);
  await one.signIn("ann", PASSWORD);
  for (const tab of others) await tab.row("Tabs").waitFor();
  await until(connections, 1);
});

/** A further tab of Ann, in the conversation. */
async function another() {
  const tab = Object.assign(new Person(), { context: ann.context, page: await ann.context.newPage() });
  watch(tab);
  await tab.visit(ann.page.url());
  await tab.heads("Tabs");
  return tab;
}

/** Counts a tab's open connections. */
function watch(tab) {
  open.set(tab, 0);
  tab.page.on("websocket", (socket) => {
    if (!socket.url().includes("/api/socketio")) return;
    open.set(tab, open.get(tab) + 1);
    socket.on("close", () => open.set(tab, open.get(tab) - 1));
  });
  tab.page.on("close", () => open.delete(tab));
}

function connections() {
  return [...open.values()].reduce((sum, n) => sum + n, 0);
}

/** Brings a tab to the front, as far as the page can tell. */
async function front(tab) {
  await tab.page.bringToFront();
}

/** Lets the page believe that it can be seen, or not: here all tabs are drawn. */
async function see(tab, visible) {
  await tab.page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, visible ? "visible" : "hidden");
}

async function say(content) {
  const answer = await bob.api("POST", "/api/messages/realtime", { conversationId: room, content });
  assert.equal(answer.status, 201);
}

/** How many messages the server has with these words. */
async function stored(content) {
  const { body } = await bob.api("GET", `/api/conversations/${room}/messages?limit=100`);
  return body.messages.filter((message) => message.content === content).length;
}
