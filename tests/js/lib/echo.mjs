// Starts the engine's echo example on a free port of the loopback.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const binary = process.env.INKSPOT_ECHO ?? path.join(root, "target/debug/examples/echo");

/** Returns the address ("127.0.0.1:PORT") and a way to end the server. */
export async function startEcho(mode) {
  const child = spawn(binary, ["--listen", "127.0.0.1:0", "--mode", mode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [address] = await once(createInterface(child.stdout), "line");
  return {
    address,
    async close() {
      child.kill();
      await once(child, "exit");
    },
  };
}
