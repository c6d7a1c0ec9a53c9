// What is told without being asked for: who writes in conversations one does not look at, and that the server is full.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { connect } from "../js/lib/socket.mjs";
import { openBrowser, Person } from "./people.mjs";

let browser, server, ann, annApi, bob, pen;
/** The page's end of each realtime connection of a profile. */
const lines = new Map();

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob", "cleo"] });
  annApi = await server.signIn("ann");
  bob = await server.signIn("bob");
  pen = await connect(server, bob.token);
  for (const title of ["Open", "Closed"]) await bob.api("POST", "/api/conversations", { title, isGroup: true, members: ["ann", "cleo"] });
  ann = await comes("ann");
});
after(async () => {
  pen.close();
  await ann.leave();
  await browser.close();
  await server.close();
});

test("the list says who writes in a conversation that was never opened here, and that they stopped", async () => {
  await ann.open("Open");
  const conversationId = (await bob.api("GET", "/api/conversations")).body.conversations.find((room) => room.title === "Closed").id;
  pen.socket.emit("typing-start", { conversationId });
  await ann.row("Closed").getByText("bob is writing").waitFor();
  pen.socket.emit("typing-stop", { conversationId });
  await ann.row("Closed").getByText("bob is writing").waitFor({ state: "detached" });
  assert.equal(await ann.page.getByRole("main").getByText("bob is writing").count(), 0, "nothing of it stands in the open one");
});

test("the server is full: it is said calmly, with who can help; what is written waits and goes out by itself", async () => {
  const cleo = await comes("cleo");
  await cleo.open("Open");
  await ann.open("Open");
  for (const person of [ann, cleo]) await tell(person, { writable: false, reason: "storage_full" });
  const strip = (person) => person.page.getByRole("group", { name: "The server's disk is full." });
  await strip(cleo).getByText("ann can help.").waitFor();
  assert.equal(await strip(cleo).getByRole("link").count(), 0);
  assert.equal(await strip(ann).getByRole("link", { name: "Make room" }).getAttribute("href"), "/admin/storage");
  await cleo.page.getByText("is read-only").waitFor();
  await cleo.say("for when there is room");
  await cleo.seesNote("for when there is room", "Waiting to send");
  await strip(cleo).getByText("One line waits here until then.").waitFor();
  // A second tab is told by the first, and the line waits there as well.
  const second = Object.assign(new Person(), { context: cleo.context, page: await cleo.context.newPage() });
  await second.visit(cleo.page.url());
  await strip(second).waitFor();
  await second.seesNote("for when there is room", "Waiting to send");
  assert.equal(await stored("for when there is room"), 0);
  for (const person of [ann, cleo]) await tell(person, { writable: true });
  await cleo.seesNote("for when there is room", "Sent");
  for (const person of [ann, cleo, second]) await strip(person).waitFor({ state: "detached" });
  assert.equal(await stored("for when there is room"), 1);
  await second.page.close();
  await cleo.leave();
});

/** Somebody opens Inkspot; what the server says to their page can be added to. */
async function comes(name) {
  const person = await Person.at(browser);
  await person.context.routeWebSocket("**/api/socketio/**", (socket) => {
    lines.set(person, socket);
    socket.connectToServer();
  });
  await person.visit(server.url);
  await person.signIn(name, PASSWORD);
  await person.seesText("Connected to");
  return person;
}

/** The server says how it is. */
async function tell(person, state) {
  await lines.get(person).send(`42${JSON.stringify(["server-state", state])}`);
}

/** How many messages the server has with these words. */
async function stored(content) {
  const room = (await annApi.api("GET", "/api/conversations")).body.conversations.find(({ title }) => title === "Open");
  const { body } = await annApi.api("GET", `/api/conversations/${room.id}/messages`);
  return body.messages.filter((message) => message.content === content).length;
}
