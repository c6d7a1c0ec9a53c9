// What people notice while the package is upgraded under them: nothing is refused, lost or doubled.
//   node packaging/test/upgrade.mjs FOLDER
// deb-inside.sh and this one talk by files in FOLDER: `place.json` says where the server is, `chatting` that people
// chat, `upgraded` that it is done, `told` what came of it.
import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import https from "node:https";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TestServer } from "../../tests/js/lib/server.mjs";
import { connect } from "../../tests/js/lib/socket.mjs";

const folder = process.argv[2];
const at = (name) => path.join(folder, name);
const exists = async (name) => {
  while (!existsSync(at(name))) await pause(20);
};

await exists("place.json");
const { url, caFile, ann, bob } = JSON.parse(readFileSync(at("place.json"), "utf8"));
const ca = readFileSync(at(caFile), "utf8");
const server = Object.assign(new TestServer(), { url, ca, agent: new https.Agent({ ca, keepAlive: false }) });

async function chat() {
  const [writer, reader] = [await server.signIn(ann.name, ann.password), await server.signIn(bob.name, bob.password)];
  const made = await writer.api("POST", "/api/conversations", { title: "Meanwhile", isGroup: true, members: [bob.name] });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const room = made.body.id;
  const [a, b] = [await connect(server, writer.token), await connect(server, reader.token)];
  assert.deepEqual(await b.ask("join-conversation", room), { ok: true });

  const heard = [];
  b.socket.on("new-message", (message) => heard.push(message.content));

  const said = { http: [], socket: [] };
  let over = false;
  const write = async (way, send) => {
    while (!over) {
      const content = `${way}-${said[way].length}`;
      await send(content);
      said[way].push(content);
      // Both together stay below what one person may send.
      await pause(400);
    }
  };
  const writers = [
    // A connection of its own for each: none may be refused, and none cut off without an answer.
    write("http", async (content) => {
      const answer = await writer.api("POST", "/api/messages/realtime", { conversationId: room, content, clientId: content });
      assert.ok([200, 201].includes(answer.status), JSON.stringify(answer.body));
    }),
    // What was not acknowledged is said again, as the app does.
    write("socket", async (content) => {
      while (!(await a.send(room, content, { clientId: content }).catch(() => null))?.id) await pause(20);
    }),
  ];
  const trouble = Promise.all(writers).then(() => assert.ok(over));
  const until = (done) => Promise.race([done, trouble.then(() => done)]);
  const more = async () => {
    const goals = Object.entries(said).map(([way, all]) => [way, all.length + 5]);
    while (goals.some(([way, goal]) => said[way].length < goal)) await pause(5);
  };
  await until(more());
  writeFileSync(at("chatting"), "");
  await until(exists("upgraded"));
  await until(more());
  over = true;
  await trouble;

  const all = said.http.length + said.socket.length;
  for (const deadline = Date.now() + 60_000; heard.length < all && Date.now() < deadline; ) await pause(5);
  await b.settle();
  for (const [way, contents] of Object.entries(said)) {
    assert.deepEqual(heard.filter((content) => content.startsWith(way)), contents, `what was heard of ${way}`);
  }
  const kept = [];
  for (let after = 0; after !== null; ) {
    const { body } = await reader.api("GET", `/api/conversations/${room}/messages?limit=100&after=${after}`);
    kept.push(...body.messages);
    after = body.after;
  }
  assert.deepEqual(kept.map((message) => message.content), heard, "what is kept");
  assert.deepEqual(kept.map((message) => message.seq), kept.map((_, index) => index + 1), "without a gap");
  assert.equal(b.socket.recovered, true, "the reader was given what it missed");
  [a, b].forEach((person) => person.close());
  return `${said.http.length} messages over HTTP and ${said.socket.length} over a socket, each once and in order, none refused`;
}

const told = await chat().then((text) => `good: ${text}`, (error) => `failed: ${error.stack}`);
writeFileSync(at("told.new"), `${told}\n`);
renameSync(at("told.new"), at("told"));
process.exit(told.startsWith("good") ? 0 : 1);
