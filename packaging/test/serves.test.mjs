// What a built program has to do wherever it runs: serve the page, let people chat, keep what was said.
//   INKSPOT_BIN=PROGRAM node --test packaging/test/serves.test.mjs
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { TestServer } from "../../tests/js/lib/server.mjs";
import { connect } from "../../tests/js/lib/socket.mjs";

let server, ann, bob, group;

before(async () => {
  server = await TestServer.start({ users: ["ann", "bob"] });
  [ann, bob] = [await server.signIn("ann"), await server.signIn("bob")];
  const made = await ann.api("POST", "/api/conversations", { title: "Tea", isGroup: true, members: ["bob"] });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  group = made.body.id;
});
after(() => server.close());

test("the page comes over HTTPS that the server's own authority vouches for", async () => {
  const page = await server.request("GET", "/");
  assert.equal(page.status, 200);
  assert.match(page.headers["content-type"], /^text\/html/);
  assert.match(page.body, /<!doctype html>/i);
  const script = /<script[^>]+src="([^"]+)"/.exec(page.body)[1];
  assert.equal((await server.request("GET", new URL(script, server.url).pathname)).status, 200, script);
});

test("a message sent over HTTP is heard on a socket, and one sent on a socket is read over HTTP", async () => {
  const [a, b] = await Promise.all([connect(server, ann.token), connect(server, bob.token, { transports: ["polling", "websocket"] })]);
  try {
    assert.deepEqual(await b.ask("join-conversation", group), { ok: true });
    const sent = await ann.api("POST", "/api/messages/realtime", { conversationId: group, content: "by HTTP" });
    assert.equal(sent.status, 201, JSON.stringify(sent.body));
    assert.equal((await b.next("new-message")).id, sent.body.id);
    assert.equal((await a.send(group, "by socket 🫖")).seq, sent.body.seq + 1);
    assert.equal((await b.next("new-message")).content, "by socket 🫖");
  } finally {
    [a, b].forEach((person) => person.close());
  }
});

test("after a restart everything is still there", async () => {
  assert.equal(await server.end(), 0);
  await server.boot();
  const page = await bob.api("GET", `/api/conversations/${group}/messages`);
  const said = page.body.messages.map((message) => message.content);
  assert.deepEqual(said.filter((text) => text.startsWith("by ")), ["by HTTP", "by socket 🫖"]);
});

test("it carries the licences of what is linked in", () => {
  const text = execFileSync(process.env.INKSPOT_BIN, ["licenses"], { encoding: "utf8" });
  for (const part of ["tokio 1.", "preact 10.", "GNU C Library", "Permission is hereby granted"]) assert.ok(text.includes(part), part);
});
