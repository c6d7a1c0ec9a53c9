// Uploads by the stock clients of tus (tus-js-client, and tuspy in Python) against the real binary: whole, with the
// line cut in the middle, over a kill -9, and from a tab that was closed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import https from "node:https";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as tus from "tus-js-client";
import { TestServer } from "./lib/server.mjs";

const MIB = 1024 * 1024;
let server, ann, room;

before(async () => {
  server = await TestServer.start({ users: ["ann", "bob"] });
  ann = await server.signIn("ann");
  room = (await ann.api("POST", "/api/conversations", { isGroup: false, members: ["bob"] })).body.id;
});
after(() => server.close());

/** An upload by the stock client. `onHalf` is called once, when half of the file is on its way. */
function upload(bytes, name, options = {}, onHalf = () => {}) {
  const agent = new https.Agent({ ca: server.ca, keepAlive: true });
  let called = false;
  let upload;
  const done = new Promise((resolve, reject) => {
    upload = new tus.Upload(bytes, {
      endpoint: `${server.url}/api/uploads`,
      headers: { authorization: `Bearer ${ann.token}` },
      metadata: { filename: name, filetype: "text/html" },
      retryDelays: [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 12_800],
      httpStack: new tus.DefaultHttpStack({ agent }),
      onSuccess: () => resolve(upload),
      onError: reject,
      onProgress: (sent, all) => {
        if (called || sent < all / 2) return;
        called = true;
        onHalf(agent, upload);
      },
      ...options,
    });
  });
  upload.start();
  return done.finally(() => agent.destroy());
}

/** What an address gives, as bytes. */
function fetchBytes(route) {
  return new Promise((resolve, reject) => {
    const options = { agent: server.agent, headers: { authorization: `Bearer ${ann.token}` } };
    const request = https.get(new URL(route, server.url), options, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve(Buffer.concat(chunks));
    });
    request.on("error", reject);
  });
}

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The file that an upload became holds these bytes, and can be sent. */
async function check(finished, bytes, name) {
  const id = finished.url.split("/").at(-1);
  const state = await ann.api("GET", `/api/uploads/${id}`);
  assert.equal(state.status, 200);
  const { file } = state.body;
  assert.equal(file.name, name);
  assert.equal(file.size, bytes.length);
  assert.equal(hash(await fetchBytes(file.url)), hash(bytes));
  const sent = await ann.api("POST", "/api/messages/realtime", { conversationId: room, content: "", attachments: [id] });
  assert.equal(sent.status, 201);
  assert.deepEqual(sent.body.attachments, [file]);
}

/** Ends all connections that an agent has, at once. */
function cut(agent) {
  for (const sockets of Object.values(agent.sockets)) for (const socket of sockets) socket.destroy();
}

test("tus-js-client uploads in one piece and in many, also an empty file", async () => {
  const bytes = randomBytes(3 * MIB + 7);
  await check(await upload(bytes, "ganz.bin"), bytes, "ganz.bin");
  await check(await upload(bytes, "Stücke 世界.bin", { chunkSize: MIB }), bytes, "Stücke 世界.bin");
  const early = { uploadDataDuringCreation: true };
  await check(await upload(bytes, "early.bin", early), bytes, "early.bin");
  const empty = Buffer.alloc(0);
  await check(await upload(empty, "empty.txt"), empty, "empty.txt");
});

test("tus-js-client goes on after the line was cut in the middle", async () => {
  const bytes = randomBytes(24 * MIB);
  let cuts = 0;
  let asked = 0;
  const count = { onBeforeRequest: (request) => void (asked += request.getMethod() === "HEAD") };
  const finished = await upload(bytes, "cut.bin", count, (agent) => {
    cuts += 1;
    cut(agent);
  });
  assert.equal(cuts, 1);
  assert.ok(asked >= 1, "it asked where to go on");
  await check(finished, bytes, "cut.bin");
});

test("tus-js-client goes on after the server was killed and started again", async () => {
  const bytes = randomBytes(24 * MIB);
  let restarted;
  const finished = await upload(bytes, "killed.bin", {}, () => {
    restarted = server.end("SIGKILL").then(() => server.boot());
  });
  await restarted;
  await check(finished, bytes, "killed.bin");
});

test("another tab goes on where a closed one stopped", async () => {
  const bytes = randomBytes(8 * MIB);
  const stopped = await new Promise((resolve, reject) => {
    const chunked = { chunkSize: MIB };
    upload(bytes, "tab.bin", chunked, (_, first) => first.abort().then(() => resolve(first.url), reject)).catch(reject);
  });
  const state = await ann.api("GET", new URL(stopped, server.url).pathname);
  assert.ok(state.body.offset > 0 && state.body.offset < bytes.length);
  await check(await upload(bytes, "tab.bin", { uploadUrl: stopped }), bytes, "tab.bin");
});

test("tuspy uploads in pieces, and goes on with what another one began", async () => {
  const python = process.env.INKSPOT_PYTHON;
  assert.ok(python, "INKSPOT_PYTHON names no interpreter: run this through tests/run");
  const script = fileURLToPath(new URL("../python/upload.py", import.meta.url));
  const env = { ...process.env, REQUESTS_CA_BUNDLE: server.caFile };
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"], env });
  child.stdin.end(JSON.stringify({ url: server.url, token: ann.token }));
  let out = "";
  for await (const chunk of child.stdout) out += chunk;
  const said = JSON.parse(out);
  for (const { url, name, sha256 } of said) {
    const state = await ann.api("GET", new URL(url, server.url).pathname);
    assert.equal(state.body.file.name, name);
    assert.equal(hash(await fetchBytes(state.body.file.url)), sha256);
  }
  assert.equal(said.length, 2);
});
