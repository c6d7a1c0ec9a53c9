// From the setup link to a chat between two people, and everything that may happen to the line between them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";

let browser, server, ann, bob;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start();
  [ann, bob] = await Promise.all([Person.at(browser), Person.at(browser)]);
});
after(async () => {
  await ann.leave();
  await bob.leave();
  await browser.close();
  await server.close();
});

test("the setup link makes the first administrator and shows an invitation", async () => {
  assert.ok(server.setupLink, "a fresh server has a setup link");
  await ann.visit(server.setupLink);
  await ann.introduce("Ann Árvíztűrő", PASSWORD, "Create the account");
  await ann.page.getByRole("img", { name: "QR code of the invitation link" }).waitFor();
  const invitation = await ann.page.getByText(/\/invite\//).first().innerText();
  await ann.page.getByRole("button", { name: "Open Inkspot" }).click();
  await ann.open("Everyone");

  await bob.visit(new URL(new URL(invitation).pathname, server.url).href);
  await bob.seesText("Ann Árvíztűrő invites you");
  await bob.introduce("Bob", PASSWORD, "Come in");
  await bob.open("Everyone");
});

test("the setup link works once", async () => {
  const late = await Person.at(browser);
  await late.visit(server.setupLink);
  await late.seesText("already set up");
  await late.leave();
});

test("they chat both ways", async () => {
  await ann.say("Hello Bob! 東側の樽 👋");
  await bob.sees("Hello Bob! 東側の樽 👋");
  await bob.say("Hello Ann, see https://example.org/a?b=c");
  await ann.sees("Hello Ann, see https://example.org/a?b=c");
  const link = ann.page.getByRole("article").getByRole("link", { name: "https://example.org/a?b=c" });
  assert.match(await link.getAttribute("rel"), /noopener/);
});

test("typing is seen, and gone by itself", async () => {
  await Promise.all([bob.seesText("Ann is writing"), ann.composer.pressSequentially("I am thin")]);
  await bob.page.getByText("Ann is writing").waitFor({ state: "hidden" });
  await ann.composer.fill("");
});

test("a line is sent, then read", async () => {
  await ann.say("Did you see this?");
  await bob.sees("Did you see this?");
  await ann.seesNote("Did you see this?", /^Read/);
});

test("what is not looked at is counted", async () => {
  await ann.page.getByRole("button", { name: "New conversation" }).first().click();
  await ann.page.getByRole("searchbox", { name: "Search people by name" }).fill("bob");
  await ann.page.getByRole("checkbox", { name: /Bob/ }).check();
  await ann.page.getByRole("button", { name: "Write to Bob" }).click();
  await ann.heads("Bob");
  await ann.say("Just between us");
  await bob.row(/1 unread/).waitFor();
  await until(() => bob.page.title(), (title) => title.includes("1"));
  await bob.row(/1 unread/).click();
  await bob.sees("Just between us");
  await bob.row(/1 unread/).waitFor({ state: "hidden" });
  await ann.open("Everyone");
  await bob.open("Everyone");
});

test("written offline, it is delivered once when the line is back, in order", async () => {
  await ann.context.setOffline(true);
  await ann.seesText("Reconnecting");
  for (const text of ["offline one", "offline two", "offline three"]) await ann.say(text);
  await ann.seesNote("offline three", /Waiting to send|Sending/);
  assert.equal(await bob.line("offline one").count(), 0);
  await ann.context.setOffline(false);
  for (const text of ["offline one", "offline two", "offline three"]) await bob.sees(text);
  await ann.page.getByText("Waiting to send").waitFor({ state: "hidden" });
  const heard = (await bob.lines()).filter((text) => text.startsWith("offline"));
  assert.deepEqual(heard, ["offline one", "offline two", "offline three"]);
  const own = (await ann.lines()).filter((text) => text.startsWith("offline"));
  assert.deepEqual(own, heard);
});

test("what waits to be sent survives a reload", async () => {
  await server.end("SIGKILL");
  await ann.seesText("Reconnecting");
  await ann.say("written to a dead server");
  await ann.seesNote("written to a dead server", /Waiting to send|Sending/);
  await server.boot();
  await ann.page.reload();
  await bob.sees("written to a dead server");
  await ann.sees("written to a dead server");
  assert.equal(await bob.line("written to a dead server").count(), 1);
  assert.equal(await ann.line("written to a dead server").count(), 1);
});

test("a reload keeps everything: the lines, the draft, the place", async () => {
  await ann.composer.fill("a draft of mine");
  const before = await ann.lines();
  await ann.page.reload();
  await ann.sees("written to a dead server");
  await until(() => ann.lines(), before);
  await ann.holds("a draft of mine");
  await ann.composer.fill("");
});

test("a long conversation opens where one stopped reading, and older lines come in without a jump", async () => {
  const { api } = await server.signIn("bob");
  const made = await api("POST", "/api/conversations", { title: "Long", isGroup: true, members: [(await annUser()).username] });
  for (let i = 0; i < 130; i++) {
    const sent = await api("POST", "/api/messages/realtime", { conversationId: made.body.id, content: `line ${i}` });
    assert.equal(sent.status, 201);
  }
  await ann.open("Long");
  await ann.seesText("130 new");
  await ann.sees("line 0");
  await ann.page.getByRole("button", { name: /new line|Jump to the latest/ }).click();
  await ann.sees("line 129");
  await ann.row(/Long.*unread/).waitFor({ state: "hidden" });
  await until(() => lastRead(made.body.id), [130, 130]);

  await ann.page.reload();
  await ann.sees("line 129");
  assert.equal(await ann.line("line 5").count(), 0, "only the newest page is there at first");
  await ann.page.mouse.move(800, 400);
  await until(async () => {
    await ann.page.mouse.wheel(0, -400);
    return ann.line("line 5").count();
  }, 1);
  const numbers = (await ann.lines()).filter((text) => text.startsWith("line ")).map((text) => Number(text.slice(5)));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), "in order");
  assert.equal(new Set(numbers).size, numbers.length, "none twice");
  await api("POST", "/api/messages/realtime", { conversationId: made.body.id, content: "news from below" });
  await ann.page.getByRole("button", { name: "1 new line" }).click();
  await ann.sees("news from below");
  await ann.open("Everyone");
});

test("presence: somebody leaves and comes back", async () => {
  await ann.row("Bob").getByText("here now").waitFor({ state: "attached" });
  const url = bob.page.url();
  await bob.page.goto("about:blank");
  await ann.row("Bob").getByText("here now").waitFor({ state: "detached" });
  await bob.page.goto(url);
  await ann.row("Bob").getByText("here now").waitFor({ state: "attached" });
});

test("who is removed sees it at once", async () => {
  const { api } = await server.signIn("bob");
  const made = await api("POST", "/api/conversations", { title: "Short lived", isGroup: true, members: [(await annUser()).username] });
  assert.equal(made.status, 201);
  await ann.open("Short lived");
  const { id } = await annUser();
  assert.equal((await api("DELETE", `/api/conversations/${made.body.id}/members/${id}`)).status, 204);
  await ann.seesText("no longer in");
  await ann.row("Short lived").waitFor({ state: "hidden" });
  await ann.open("Everyone");
});

test("a disabled user is out at once and reads why", async () => {
  const admin = await server.signIn((await annUser()).username);
  const users = (await admin.api("GET", "/api/users?q=bob")).body.users;
  assert.equal((await admin.api("PATCH", `/api/users/${users[0].id}`, { disabled: true })).status, 200);
  await bob.seesText("This account was disabled");
});

/** How far Ann has read, by the server and by what her browser keeps: from that a page is drawn first. */
async function lastRead(id) {
  return ann.page.evaluate(async (room) => {
    const { lastReadSeq } = await (await fetch(`/api/conversations/${room}`)).json();
    const kept = await new Promise((done, fail) => {
      const opening = indexedDB.open("inkspot");
      opening.onerror = fail;
      opening.onsuccess = () => {
        const all = opening.result.transaction("rooms").objectStore("rooms").getAll();
        all.onsuccess = () => (opening.result.close(), done(all.result.find((each) => each.id === room)));
      };
    });
    return [lastReadSeq, kept?.lastReadSeq];
  }, id);
}

/** Ann's own account, by her page's session. */
async function annUser() {
  return ann.page.evaluate(async () => (await (await fetch("/api/auth/me")).json()).user);
}
