// A client that is not ours and not JavaScript: python-socketio. INKSPOT_PYTHON is an interpreter that has
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
    assert.match(said.heard[0].offset, /^[0-9a-f]+:\d+$/);
  } finally {
    await server.close();
  }
});
