// What a built program has to do wherever it runs: serve the page, let people chat, keep what was said.
//   INKSPOT_BIN=PROGRAM node --test packaging/test/serves.test.mjs
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import https from "node:https";
import path from "node:path";
import { after, before, test } from "node:test";
import { TestServer, inkspot } from "../../tests/js/lib/server.mjs";
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

test("a file comes back byte by byte, also a part of it", async () => {
  const bytes = randomBytes(9 * 1024 * 1024 + 1);
  const sent = await upload("noise.bin", bytes);
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  const file = sent.body.files[0].id;
  const message = await ann.api("POST", "/api/messages/realtime", { conversationId: group, attachments: [file] });
  assert.equal(message.status, 201, JSON.stringify(message.body));
  const hash = (part) => createHash("sha256").update(part).digest("hex");
  assert.equal(hash((await fetched(file)).body), hash(bytes));
  const part = await fetched(file, { range: "bytes=8388600-8388619" });
  assert.equal(part.status, 206);
  assert.equal(hash(part.body), hash(bytes.subarray(8_388_600, 8_388_620)));
});

test("after a restart everything is still there", async () => {
  assert.equal(await server.end(), 0);
  await server.boot();
  const page = await bob.api("GET", `/api/conversations/${group}/messages`);
  const said = page.body.messages.map((message) => message.content);
  assert.deepEqual(said.filter((text) => text.startsWith("by ")), ["by HTTP", "by socket 🫖"]);
});

test("a backup of it is whole, it is exported, and nothing in it is damaged", async () => {
  const [data, backup] = [server.dataDir, path.join(server.dataDir, "one.backup")];
  await inkspot("backup", backup, "--data", data);
  await inkspot("export", path.join(server.dataDir, "exported"), "--data", data);
  assert.equal(await server.end(), 0);
  await inkspot("restore", "--verify", backup, "--data", data);
  const found = JSON.parse(await inkspot("check", "--contents", "--json", "--data", data));
  assert.equal(found.whole, true, JSON.stringify(found));
});

test("it carries the licences of what is linked in", () => {
  const text = execFileSync(process.env.INKSPOT_BIN, ["licenses"], { encoding: "utf8" });
  for (const part of ["tokio 1.", "preact 10.", "GNU C Library", "Permission is hereby granted"]) assert.ok(text.includes(part), part);
});

/** Sends a file as a form. */
function upload(name, bytes) {
  const edge = "part-of-a-test";
  const head = `--${edge}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${edge}--\r\n`)]);
  const headers = { "content-type": `multipart/form-data; boundary=${edge}`, "content-length": body.length };
  return asked("POST", "/api/attachments", headers, body).then(({ status, body }) => ({ status, body: JSON.parse(body) }));
}

/** What is stored of a file. */
function fetched(id, headers = {}) {
  return asked("GET", `/api/files/${id}`, headers);
}

/** One request of Ann's; the answer's body as bytes. */
function asked(method, route, headers, body) {
  return new Promise((resolve, reject) => {
    const options = { method, agent: server.agent, headers: { ...headers, authorization: `Bearer ${ann.token}` } };
    const request = https.request(new URL(route, server.url), options, async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve({ status: answer.statusCode, body: Buffer.concat(chunks) });
    });
    request.on("error", reject);
    request.end(body);
  });
}
