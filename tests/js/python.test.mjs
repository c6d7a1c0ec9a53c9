// Programs that are not ours and not JavaScript: python-socketio as a client, sslyze as a scanner. INKSPOT_PYTHON is an interpreter that has
// tests/python/requirements.txt (tests/run makes one).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TestServer } from "./lib/server.mjs";

test("python-socketio joins, sends, hears and is refused", async () => {
  const python = process.env.INKSPOT_PYTHON;
  assert.ok(python, "INKSPOT_PYTHON names no interpreter: run this through tests/run");
  const server = await TestServer.start({ users: ["ann", "bob"] });
  try {
    const [ann, bob] = await Promise.all(["ann", "bob"].map((name) => server.signIn(name)));
    const room = (await ann.api("POST", "/api/conversations", { isGroup: false, members: ["bob"] })).body.id;
    const script = fileURLToPath(new URL("../python/chat.py", import.meta.url));
    const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(JSON.stringify({ url: server.url, ca: server.caFile, room, ann: ann.token, bob: bob.token }));
    let out = "";
    for await (const chunk of child.stdout) out += chunk;
    const said = JSON.parse(out);
    assert.deepEqual(said.joined, { ok: true });
    assert.equal(said.ack.content, "grüße aus Python 🐍");
    assert.equal(said.refused.code, "too_short");
    assert.deepEqual(said.heard.map((message) => message.content), ["grüße aus Python 🐍"]);
    assert.deepEqual(said.ways, ["websocket", "websocket"], "one of them began with polling");
    assert.match(said.heard[0].offset, /^[0-9a-f]+:\d+$/);
  } finally {
    await server.close();
  }
});

test("sslyze finds TLS 1.2 and 1.3 with AEAD and forward secrecy, and nothing that was given up", async () => {
  const python = process.env.INKSPOT_PYTHON;
  assert.ok(python, "INKSPOT_PYTHON names no interpreter: run this through tests/run");
  const server = await TestServer.start();
  try {
    const script = fileURLToPath(new URL("../python/posture.py", import.meta.url));
    const child = spawn(python, [script, new URL(server.url).host], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    for await (const chunk of child.stdout) out += chunk;
    const { old, new: fresh, ...weak } = JSON.parse(out);
    assert.deepEqual(old, []);
    assert.deepEqual(weak, { compression: false, renegotiation: false, heartbleed: false, ccs: false });
    for (const version of ["tls_1_2", "tls_1_3"]) assert.ok(fresh[version].length >= 2, version);
    for (const cipher of fresh.tls_1_2) assert.match(cipher, /^TLS_ECDHE_.*(_GCM_SHA|_CHACHA20_POLY1305_SHA)/);
    for (const cipher of fresh.tls_1_3) assert.match(cipher, /^TLS_(AES_\d+_GCM|CHACHA20_POLY1305)_SHA/);
  } finally {
    await server.close();
  }
});
