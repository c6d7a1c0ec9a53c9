// The origin's events by the stock socket.io-client, on every transport, over real TLS.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestServer } from "./lib/server.mjs";
import { connect, dial, TRANSPORTS } from "./lib/socket.mjs";

let server, ann, bob, cid, group;

before(async () => {
  server = await TestServer.start({ users: ["ann", "bob", "cid", "dan"] });
  [ann, bob, cid] = await Promise.all(["ann", "bob", "cid"].map((name) => server.signIn(name)));
  const made = await ann.api("POST", "/api/conversations", { title: "Tea", isGroup: true, members: ["bob"] });
  assert.equal(made.status, 201);
  group = made.body.id;
});
after(() => server.close());

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  describe(`over ${name}`, () => {
    let a, b;
    before(async () => {
      [a, b] = await Promise.all([connect(server, ann.token, { transports }), connect(server, bob.token, { transports })]);
      assert.deepEqual(await a.ask("join-conversation", group), { ok: true });
      assert.deepEqual(await b.ask("join-conversation", group), { ok: true });
    });
    after(() => [a, b].forEach((person) => person.close()));

    test("a message reaches the room, its sender gets message-sent and the ack", async () => {
      const clientId = `first-${name}`;
      const content = "Zażółć gęślą jaźń 👩‍👩‍👧 東側の樽 \u2028 end";
      const ack = await a.send(group, content, { clientId, senderId: bob.user.id });
      assert.equal(ack.content, content);
      assert.equal(ack.senderId, ann.user.id, "the session says who sends");
      assert.equal(ack.sender.username, "ann");
      assert.equal(ack.clientId, clientId);
      assert.match(ack.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const mine = (message) => message.clientId === clientId;
      assert.deepEqual(await a.next("message-sent", mine), ack);
      assert.deepEqual(await a.next("new-message", mine), ack);
      const [message, offset] = await b.nextArgs("new-message", mine);
      assert.deepEqual(message, ack);
      assert.match(offset, /^[0-9a-f]+:\d+$/);
    });

    test("the same clientId again is the same message", async () => {
      const first = await a.send(group, "once", { clientId: `once-${name}` });
      const second = await a.send(group, "once", { clientId: `once-${name}` });
      assert.deepEqual(second, first);
      await b.next("new-message", (message) => message.id === first.id);
      await b.settle();
      assert.equal(b.heard("new-message").filter((message) => message.id === first.id).length, 0);
    });

    test("typing is seen by others and stops", async () => {
      a.socket.emit("typing-start", { conversationId: group, userId: "x", userName: "x" });
      const typing = await b.next("user-typing");
      assert.deepEqual(typing, { conversationId: group, userId: ann.user.id, userName: "ann" });
      a.socket.emit("typing-stop", { conversationId: group });
      assert.equal((await b.next("user-stop-typing")).userId, ann.user.id);
      a.socket.emit("typing-start", { conversationId: group });
      await b.next("user-typing");
      assert.equal((await b.next("user-stop-typing")).userId, ann.user.id, "by itself, after 3 s");
      await a.settle();
      assert.deepEqual(a.heard("user-typing"), [], "nobody sees themselves type");
    });

    test("reading is told to the room", async () => {
      const sent = await a.send(group, "read me");
      assert.deepEqual(await b.ask("mark-message-read", { messageId: sent.id, conversationId: group }), { ok: true });
      const [read, offset] = await a.nextArgs("message-read", (receipt) => receipt.messageId === sent.id);
      assert.equal(read.userId, bob.user.id);
      assert.equal(read.conversationId, group);
      assert.equal(read.seq, sent.seq);
      assert.ok(read.readAt && offset);
    });

    test("after leave-conversation only the list is updated", async () => {
      await b.ask("leave-conversation", group);
      const sent = await a.send(group, "behind the door");
      const update = await b.next("conversation-updated", (update) => update.lastSeq >= sent.seq);
      assert.equal(update.conversationId, group);
      assert.equal(update.lastMessage.content, "behind the door");
      assert.equal(b.heard("new-message").filter((message) => message.id === sent.id).length, 0);
      await b.ask("join-conversation", group);
    });

    test("what cannot be done is told, by event and by ack", async () => {
      const ack = await a.send(group, "", { clientId: `empty-${name}` });
      assert.equal(ack.code, "too_short");
      assert.equal(ack.field, "content");
      const told = await a.next("message-error", (error) => error.clientId === `empty-${name}`);
      assert.equal(told.code, "too_short");
      assert.equal(typeof told.error, "string");
      const long = await a.send(group, "x".repeat(8001));
      assert.deepEqual([long.code, long.limit], ["too_long", 8000]);
      assert.equal((await a.send(group, "é".repeat(8000))).content.length, 8000);
      const odd = await a.ask("send-message", 7);
      assert.equal(odd.code, "invalid_field");
    });

    test("binary is refused politely", async () => {
      const ack = await a.ask("send-message", { conversationId: group, content: "x", file: Buffer.from([1, 2, 3]) });
      assert.equal(ack.code, "invalid_field");
      assert.ok((await a.send(group, "still here")).id);
    });

    test("a foreign or unknown room is not found", async () => {
      const c = await connect(server, cid.token, { transports });
      const foreign = await c.ask("join-conversation", group);
      const unknown = await c.ask("join-conversation", "0000000000000");
      assert.equal(foreign.code, "not_found");
      assert.deepEqual(foreign, unknown);
      assert.equal((await c.send(group, "let me in")).code, "not_found");
      await a.send(group, "secret");
      await c.settle();
      assert.deepEqual(c.heard("new-message"), []);
      c.close();
    });
  });
}

test("presence: here and gone", async () => {
  const a = await connect(server, ann.token);
  const dan = await server.signIn("dan");
  await ann.api("POST", "/api/conversations", { isGroup: false, members: ["dan"] });
  const d = await connect(server, dan.token);
  const here = await a.next("user-status", (status) => status.userId === dan.user.id && status.isOnline);
  assert.equal(here.status, "online");
  d.close();
  const gone = await a.next("user-status", (status) => status.userId === dan.user.id && !status.isOnline);
  assert.equal(gone.status, "offline");
  assert.ok(gone.lastSeen);
  a.close();
});

test("nobody gets in without a session", async () => {
  for (const token of [undefined, "wrong"]) {
    const nobody = dial(server, token);
    const refused = await nobody.next("connect_error");
    assert.equal(refused.data.code, "unauthorized");
    nobody.close();
  }
});

test("a removed member hears nothing more and cannot come back", async () => {
  const made = await ann.api("POST", "/api/conversations", { title: "Short", isGroup: true, members: ["bob"] });
  const room = made.body.id;
  const [a, b] = [await connect(server, ann.token), await connect(server, bob.token)];
  await Promise.all([a, b].map((person) => person.ask("join-conversation", room)));
  const removed = await ann.api("DELETE", `/api/conversations/${room}/members/${bob.user.id}`);
  assert.equal(removed.status, 204);
  assert.equal((await b.next("conversation-removed")).conversationId, room);
  await a.send(room, "without you");
  await b.settle();
  assert.deepEqual(b.heard("new-message"), []);
  assert.equal((await b.ask("join-conversation", room)).code, "not_found");
  assert.equal((await b.send(room, "hello?")).code, "not_found");
  [a, b].forEach((person) => person.close());
});

test("signing out ends the socket at once", async () => {
  const own = await server.signIn("cid");
  const c = await connect(server, own.token);
  assert.equal((await own.api("POST", "/api/auth/logout")).status, 204);
  assert.equal((await c.next("session-ended")).code, "signed_out");
  assert.equal(await c.next("disconnect"), "io server disconnect");
});
