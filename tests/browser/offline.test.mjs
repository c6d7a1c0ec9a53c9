// Without a connection: what was read stays readable, what is written waits, and signing out leaves nothing behind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";

let browser, server, ann, bob, room;
/** Whether Ann's browser reaches the server's API. */
const gate = { open: true };

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob"] });
  bob = await server.signIn("bob");
  room = (await bob.api("POST", "/api/conversations", { title: "Trip", isGroup: true, members: ["ann"] })).body.id;
  for (let i = 1; i <= 120; i++) await say(`line ${i}`);
  await bob.api("POST", "/api/conversations", { title: "Never opened", isGroup: true, members: ["ann"] });
  ann = await Person.at(browser);
  await ann.context.route("**/api/**", (route) => (gate.open ? route.continue() : route.abort()));
  await ann.context.routeWebSocket("**/api/socketio/**", (socket) => {
    if (!gate.open) return void socket.close();
    gate.socket = socket;
    socket.connectToServer();
  });
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
});
after(async () => {
  await ann.leave();
  await browser.close();
  await server.close();
});

test("started without a connection: the list and the lines are there, and it says so", async () => {
  await ann.open("Trip");
  await ann.page.getByRole("button", { name: /new lines|latest/ }).click();
  await ann.sees("line 120");
  await ann.keeps("lines", (lines) => lines.some((line) => line.content === "line 120"));
  await ann.keeps("rooms", (rooms) => rooms.some((room) => room.title === "Never opened"));
  await cut();
  await ann.page.reload();
  await ann.heads("Trip");
  await ann.sees("line 120");
  await ann.row("Never opened").waitFor();
  await ann.page.getByRole("group", { name: /Reconnecting|Offline/ }).waitFor();
  assert.equal(await ann.page.getByText("Connected to").count(), 0);
});

test("what has just come is kept over a reload that follows at once", async () => {
  const { page } = ann;
  gate.open = true;
  await page.evaluate(() => new Promise((done) => (indexedDB.deleteDatabase("inkspot").onsuccess = done)));
  // Without a conversation: one that is open comes by itself, and what comes soon after it is written a little later.
  await page.goto(server.url);
  await ann.row("Never opened").waitFor();
  await cut();
  await page.reload();
  await ann.row("Never opened").waitFor();
  gate.open = true;
  await page.reload();
  await ann.open("Trip");
  await ann.sees("line 120");
  await ann.keeps("lines", (lines) => lines.some((line) => line.content === "line 120"));
  await cut();
});

test("written then, it waits over a reload and is stored once; what happened meanwhile is there", async () => {
  await ann.say("from the train");
  await ann.seesNote("from the train", "Waiting to send");
  await ann.page.reload();
  await ann.seesNote("from the train", "Waiting to send");
  await say("while you were away");
  const gone = await say("a mistake");
  await bob.api("DELETE", `/api/messages/${gone.id}`);
  gate.open = true;
  await ann.reconnects();
  await ann.seesNote("from the train", "Sent");
  await ann.sees("while you were away");
  const { body } = await bob.api("GET", `/api/conversations/${room}/messages?limit=100`);
  assert.equal(body.messages.filter((message) => message.content === "from the train").length, 1);
});

test("a line that was deleted while one was away is erased from the copy as well", async () => {
  const secret = await say("the key is under the mat");
  await ann.sees("the key is under the mat");
  await ann.keeps("lines", (lines) => lines.some((line) => line.content.includes("under the mat")));
  await cut();
  await ann.page.getByText("Connected to").waitFor({ state: "detached" });
  await bob.api("DELETE", `/api/messages/${secret.id}`);
  // Another conversation is open as one comes back.
  await ann.row("Never opened").click();
  gate.open = true;
  await ann.reconnects();
  await ann.keeps("lines", (lines) => lines.every((line) => !line.content.includes("under the mat")));
});

test("removed from a conversation, its lines are gone from here", async () => {
  const other = (await bob.api("POST", "/api/conversations", { title: "Short", isGroup: true, members: ["ann"] })).body.id;
  await bob.api("POST", "/api/messages/realtime", { conversationId: other, content: "not for long" });
  await ann.open("Short");
  await ann.sees("not for long");
  await ann.keeps("lines", (lines) => lines.some((line) => line.conversationId === other));
  const { body } = await bob.api("GET", `/api/conversations/${other}`);
  await bob.api("DELETE", `/api/conversations/${other}/members/${body.members.find((member) => member.username === "ann").id}`);
  await ann.row("Short").waitFor({ state: "detached" });
  await ann.keeps("lines", (lines) => lines.every((line) => line.conversationId !== other));
  await ann.keeps("rooms", (rooms) => rooms.every((each) => each.id !== other));
});

test("a session that ended elsewhere leaves nothing behind, nor does signing out", async () => {
  for (const end of [endElsewhere, signOut]) {
    await ann.page.goto(new URL(`/conversations/${room}`, server.url).href);
    await ann.heads("Trip");
    await ann.keeps("lines", (lines) => lines.length > 0);
    await end();
    await ann.page.getByRole("button", { name: "Sign in" }).waitFor();
    for (const store of ["lines", "rooms", "kept", "outbox", "drafts"]) await ann.keeps(store, (values) => values.length === 0);
    if (end === endElsewhere) await ann.signIn("ann", PASSWORD);
  }
});

async function endElsewhere() {
  const me = await server.signIn("ann");
  assert.equal((await me.api("DELETE", "/api/auth/sessions")).status, 204);
}

async function signOut() {
  await ann.page.goto(new URL("/settings", server.url).href);
  await ann.page.getByRole("button", { name: "Sign out", exact: true }).click();
}

/** Cuts Ann's browser off. */
async function cut() {
  gate.open = false;
  await gate.socket?.close();
}

async function say(content) {
  const answer = await bob.api("POST", "/api/messages/realtime", { conversationId: room, content });
  assert.equal(answer.status, 201);
  return answer.body;
}
