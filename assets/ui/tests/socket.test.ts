// @vitest-environment node
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";

/** What a server answers to a key that asks for a WebSocket, and the frame that closes it. */
const HANDSHAKE = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CLOSE = Buffer.from([0x88, 0]);

afterEach(() => vi.unstubAllGlobals());

test("a socket that is cut before the server has greeted is a failure at once, and the next try goes without one first", async () => {
  const visits: string[] = [];
  const server = createServer(({ url }, answer) => {
    visits.push(new URL(url ?? "", "http://here").searchParams.get("transport") ?? "");
    answer.writeHead(503).end();
  }).on("upgrade", ({ headers }, visitor) => {
    visits.push("upgrade");
    const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}${HANDSHAKE}`).digest("base64");
    visitor.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`);
    visitor.end(CLOSE);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  vi.stubGlobal("location", { protocol: "http:", host: `127.0.0.1:${port}`, hostname: "127.0.0.1", port: String(port) });
  // Nobody's patience ends, so nothing can come from a timeout.
  const { setTimeout: soon } = globalThis;
  vi.stubGlobal("setTimeout", (task: () => void, ms = 0) => (ms < 1_000 ? soon(task, ms) : soon(() => undefined, 0)));
  const { SocketLine } = await import("../src/realtime/socket");
  const line = new SocketLine();
  const attempt = async () => {
    const refused = new Promise((done) => line.events.on("refused", done));
    line.connect();
    expect(await refused).toEqual({ code: null });
    return visits.splice(0);
  };
  expect(await attempt()).toEqual(["upgrade"]);
  expect(await attempt()).toEqual(["polling", "upgrade"]);
  expect(await attempt()).toEqual(["polling", "upgrade"]);
  line.disconnect();
  server.close();
}, 60_000);
