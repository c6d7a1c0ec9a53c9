// Cut lines and restarts: nothing is missed, nothing comes twice, with the stock client's own recovery.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inkspot, TestServer } from "./lib/server.mjs";
import { connect, TRANSPORTS } from "./lib/socket.mjs";

let server, ann, bob, room;

before(async () => {
  server = await TestServer.start({ users: ["ann", "bob"] });
  [ann, bob] = await Promise.all(["ann", "bob"].map((name) => server.signIn(name)));
  room = (await ann.api("POST", "/api/conversations", { title: "Tea", isGroup: true, members: ["bob"] })).body.id;
});
after(() => server.close());

const contents = (messages) => messages.map((message) => message.content);

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`over ${name}: a cut line resumes with what was said meanwhile`, async () => {
    const [a, b] = await Promise.all([connect(server, ann.token), connect(server, bob.token, { transports })]);
    await Promise.all([a, b].map((person) => person.ask("join-conversation", room)));
    await a.send(room, `before-${name}`);
    await b.next("new-message", (message) => message.content === `before-${name}`);
    b.socket.io.engine.close();
    await b.next("disconnect");
    const said = [];
    for (let i = 0; i < 20; i++) said.push((await a.send(room, `${name}-${i}`)).content);
    await b.next("connect");
    await b.next("session", (greeting) => greeting.recovered);
    await a.send(room, `after-${name}`);
    await b.next("new-message", (message) => message.content === `after-${name}`);
    assert.equal(b.socket.recovered, true);
    assert.deepEqual(contents(b.heard("new-message")), said);
    [a, b].forEach((person) => person.close());
  });
}

test("after kill -9 and a new start nothing acknowledged is missing", async () => {
  const [a, b] = await Promise.all([connect(server, ann.token), connect(server, bob.token)]);
  await Promise.all([a, b].map((person) => person.ask("join-conversation", room)));
  const acknowledged = [];
  for (let i = 0; i < 50; i++) acknowledged.push(await a.send(room, `kept-${i}`));
  await server.end("SIGKILL");
  await Promise.all([a, b].map((person) => person.next("disconnect")));
  await server.boot();
  await Promise.all([a, b].map((person) => person.next("connect")));
  for (const person of [a, b]) if (!person.socket.recovered) await person.ask("join-conversation", room);
  const after = await a.send(room, "after the restart");
  await b.next("new-message", (message) => message.id === after.id);
  const page = await bob.api("GET", `/api/conversations/${room}/messages?limit=100`);
  const kept = new Set(page.body.messages.map((message) => message.id));
  assert.ok(acknowledged.every((message) => kept.has(message.id)));
  const seqs = page.body.messages.map((message) => message.seq);
  assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i), "positions have no gap");
  [a, b].forEach((person) => person.close());
});

test("a message said while the reader is away and the server restarts arrives once", async () => {
  const [a, b] = await Promise.all([connect(server, ann.token), connect(server, bob.token)]);
  await Promise.all([a, b].map((person) => person.ask("join-conversation", room)));
  await a.send(room, "anchor");
  await b.next("new-message", (message) => message.content === "anchor");
  b.socket.io.reconnection(false);
  b.socket.io.engine.close();
  await b.next("disconnect");
  await a.send(room, "missed by a cut");
  assert.equal(await server.end("SIGTERM"), 0, "a clean end");
  await server.boot();
  b.socket.connect();
  await b.next("connect");
  await b.next("new-message", (message) => message.content === "missed by a cut");
  await b.settle();
  assert.deepEqual(contents(b.heard("new-message")), []);
  [a, b].forEach((person) => person.close());
});

test("while the installed program takes over, everything said arrives once and in order", async () => {
  const b = await connect(server, bob.token);
  await b.ask("join-conversation", room);
  const said = [];
  const say = async () => {
    const content = `during-${said.length}`;
    const answer = await ann.api("POST", "/api/messages/realtime", { conversationId: room, content, clientId: content });
    assert.ok([200, 201].includes(answer.status), JSON.stringify(answer.body));
    said.push(content);
  };
  await say();
  let over = false;
  const taken = inkspot("restart", "--data", server.dataDir).finally(() => (over = true));
  while (!over) await say();
  assert.match(await taken, /has taken over/);
  await say();
  await b.next("new-message", (message) => message.content === said.at(-1));
  assert.equal(b.socket.recovered, true);
  await b.settle();
  const heard = contents(b.heard("new-message"));
  assert.deepEqual([...heard, said.at(-1)].slice(-said.length), said);
  b.close();
});
