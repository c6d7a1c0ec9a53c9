// The realtime engine alone, by the stock clients and by bare WebSockets.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createConnection } from "node:net";
import { after, before, describe, test } from "node:test";
import { Socket as EngineSocket } from "engine.io-client";
import { io } from "socket.io-client";
import WebSocket from "ws";
import { startEcho } from "./lib/echo.mjs";

const TRANSPORTS = {
  websocket: ["websocket"],
  polling: ["polling"],
  "the default": ["polling", "websocket"],
};

/** For a whole part; none of its waits has a limit of its own. */
const LIMIT = { timeout: 120_000 };

describe("Socket.IO", LIMIT, () => {
  let echo;
  before(async () => {
    echo = await startEcho("socket");
  });
  after(() => echo.close());

  for (const [name, transports] of Object.entries(TRANSPORTS)) {
    for (const namespace of ["/", "/custom"]) {
      test(`over ${name}, namespace ${namespace}`, async () => {
        const socket = io(`http://${echo.address}${namespace}`, {
          transports,
          auth: { token: "t" },
          forceNew: true,
        });
        assert.deepEqual(await once(socket, "auth"), [{ token: "t" }]);
        const args = [1, "ż👩‍👩‍👧\u2028", { deep: [null, true, { x: 1.5 }] }];
        let back = once(socket, "message-back");
        socket.emit("message", ...args);
        assert.deepEqual(await back, args);
        const bytes = [Buffer.from([0, 1, 2, 255]), { inside: Buffer.alloc(100_000, 7) }];
        back = once(socket, "message-back");
        socket.emit("message", ...bytes);
        assert.deepEqual(await back, bytes);
        const answer = (...sent) =>
          new Promise((resolve) => socket.emit("message-with-ack", ...sent, (...got) => resolve(got)));
        assert.deepEqual(await answer(...args), args);
        assert.deepEqual(await answer(...bytes), bytes);
        if (transports.length === 2 && socket.io.engine.transport.name !== "websocket") {
          await once(socket.io.engine, "upgrade");
          assert.deepEqual(await answer("upgraded"), ["upgraded"]);
        }
        socket.close();
      });
    }
  }

  test("two namespaces share a connection", async () => {
    const one = io(`http://${echo.address}/`, { transports: ["websocket"], forceNew: true });
    const other = one.io.socket("/custom");
    await Promise.all([once(one, "auth"), once(other, "auth")]);
    assert.notEqual(one.id, other.id);
    other.disconnect();
    const back = once(one, "message-back");
    one.emit("message", "still here");
    assert.deepEqual(await back, ["still here"]);
    one.close();
  });

  test("an unknown namespace is refused", async () => {
    const socket = io(`http://${echo.address}/unknown`, { forceNew: true });
    const [error] = await once(socket, "connect_error");
    assert.equal(error.message, "Invalid namespace");
    socket.close();
  });

  test("the heartbeat keeps a silent client, on both transports", async () => {
    for (const transport of ["websocket", "polling"]) {
      const socket = io(`http://${echo.address}/`, { transports: [transport], forceNew: true });
      await once(socket, "auth");
      let pings = 0;
      await new Promise((resolve) => socket.io.on("ping", () => (pings += 1) === 3 && resolve()));
      assert.equal(socket.connected, true);
      socket.close();
    }
  });
});

describe("Engine.IO", LIMIT, () => {
  let echo;
  before(async () => {
    echo = await startEcho("engine");
  });
  after(() => echo.close());

  for (const [name, transports] of Object.entries(TRANSPORTS)) {
    test(`messages of all sizes in order, over ${name}`, async () => {
      const socket = new EngineSocket(`ws://${echo.address}/engine.io`, { transports });
      await once(socket, "open");
      const sent = [];
      for (const size of [1, 125, 126, 65_535, 65_536]) {
        sent.push("x".repeat(size), "é".repeat(size), Buffer.alloc(size, size));
      }
      const got = [];
      const all = new Promise((resolve, reject) => {
        socket.on("close", reject);
        socket.on("message", (data) => {
          got.push(data);
          if (got.length === sent.length) resolve();
        });
      });
      for (const message of sent) socket.send(message);
      await all;
      assert.deepEqual(got, sent);
      socket.close();
    });
  }
});

describe("WebSocket", LIMIT, () => {
  let echo;
  const open = async () => {
    const socket = new WebSocket(`ws://${echo.address}/`, { perMessageDeflate: false });
    await once(socket, "open");
    return socket;
  };
  before(async () => {
    echo = await startEcho("websocket");
  });
  after(() => echo.close());

  test("text and binary of all lengths come back", async () => {
    const socket = await open();
    for (const size of [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000]) {
      for (const sent of [Buffer.alloc(size, 42), "*".repeat(size)]) {
        const back = once(socket, "message");
        socket.send(sent);
        const [data, binary] = await back;
        assert.equal(binary, typeof sent !== "string");
        assert.ok(data.equals(Buffer.from(sent)));
      }
    }
    socket.close();
  });

  test("fragments come back as one message, pings between them are answered", async () => {
    const socket = await open();
    const back = once(socket, "message");
    const pong = once(socket, "pong");
    socket.send("one ", { fin: false });
    socket.ping("now");
    socket.send("", { fin: false });
    socket.send("two", { fin: true });
    assert.equal((await pong)[0].toString(), "now");
    assert.equal((await back)[0].toString(), "one two");
    socket.close();
  });

  test("a close is answered with its code and reason", async () => {
    for (const [code, reason] of [[1000, ""], [1001, "x"], [3000, "own"], [4999, "ż"]]) {
      const socket = await open();
      const closed = once(socket, "close");
      socket.close(code, reason);
      const [got, text] = await closed;
      assert.deepEqual([got, text.toString()], [code, reason]);
    }
  });

  test("what the protocol forbids is closed with the right code", async () => {
    const frame = (first, ...payload) => [first, 0x80 | payload.length, 0, 0, 0, 0, ...payload];
    const cases = {
      "a reserved bit": [frame(0xc1, 1), 1002],
      "an unknown opcode": [frame(0x83, 1), 1002],
      "an unknown control opcode": [frame(0x8f, 1), 1002],
      "an unmasked frame": [[0x81, 1, 65], 1002],
      "a fragmented ping": [frame(0x09, 1), 1002],
      "a long ping": [[0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002],
      "a continuation of nothing": [frame(0x80, 65), 1002],
      "a message inside a message": [[...frame(0x01, 65), ...frame(0x81, 65)], 1002],
      "bad UTF-8": [frame(0x81, 0xce, 0xba, 0xff), 1007],
      "bad UTF-8 over fragments": [[...frame(0x01, 0xce), ...frame(0x80, 0x41)], 1007],
      "a surrogate": [frame(0x81, 0xed, 0xa0, 0x80), 1007],
      "a close of one byte": [frame(0x88, 3), 1002],
      "a close code that is reserved": [frame(0x88, 0x03, 0xed), 1002],
      "a close reason that isn't UTF-8": [frame(0x88, 0x03, 0xe8, 0xff), 1007],
      "too long a message": [[0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009],
    };
    for (const [name, [bytes, code]] of Object.entries(cases)) {
      const socket = await open();
      const closed = once(socket, "close");
      socket._socket.write(Buffer.from(bytes));
      assert.equal((await closed)[0], code, name);
    }
  });

  test("one byte at a time is as good as all at once", async () => {
    const [host, port] = echo.address.split(":");
    const tcp = createConnection(Number(port), host).setNoDelay(true);
    await once(tcp, "connect");
    const request = `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    tcp.write(request);
    const [head] = await once(tcp, "data");
    assert.match(head.toString(), /Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i);
    const back = once(tcp, "data");
    for (const byte of [0x81, 0x83, 1, 2, 3, 4, 65 ^ 1, 66 ^ 2, 67 ^ 3]) {
      tcp.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    assert.deepEqual([...(await back)[0]], [0x81, 3, 65, 66, 67]);
    tcp.destroy();
  });
});
