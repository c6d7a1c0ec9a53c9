// Runs the real binary for the tests: a data folder of its own, a free port, real TLS.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
export const binary = process.env.INKSPOT_BIN ?? path.join(root, "target/debug/inkspot");
export const PASSWORD = "correct horse battery";
/** How long anything is waited for, in ms: many times what it takes, also on a machine that is slow and busy. */
export const PATIENCE = 45_000;

/** Adds a user to a data folder (or a running server) by the command line. */
export function addUser(dataDir, name, { admin = false, password = PASSWORD } = {}) {
  const args = ["user", "add", name, "--password-stdin", "--data", dataDir, ...(admin ? ["--admin"] : [])];
  return new Promise((resolve, reject) => {
    const child = execFile(binary, args, (error, out, err) =>
      error ? reject(new Error(`${args.join(" ")}: ${err || error.message}`)) : resolve(out),
    );
    child.stdin.end(`${password}\n`);
  });
}

/** Runs `inkspot` with these arguments; resolves to what it printed. */
export function inkspot(...args) {
  return new Promise((resolve, reject) =>
    execFile(binary, args, (error, out, err) => (error ? reject(new Error(err || error.message)) : resolve(out))),
  );
}

export class TestServer {
  #child;
  #log = [];

  /**
   * Starts a server; `users` are made before its first start, the first of them as administrator. `dataDir`: one that is there.
   * `env` is added to the environment; what is changed in `server.env` counts from the next boot on.
   */
  static async start({ users = [], args = [], dataDir, env = {} } = {}) {
    const server = new TestServer();
    server.dataDir = dataDir ?? (await mkdtemp(path.join(tmpdir(), "inkspot-")));
    for (const [index, name] of users.entries()) await addUser(server.dataDir, name, { admin: index === 0 });
    server.args = args;
    server.env = env;
    server.listen = "127.0.0.1:0";
    await server.boot();
    return server;
  }

  /** Starts the process; after a stop or a kill it comes back on the same port. */
  async boot() {
    const ready = path.join(this.dataDir, "ready.json");
    await rm(ready, { force: true });
    const args = ["serve", "--data", this.dataDir, "--listen", this.listen, "--ready-file", ready, "--limits", "off", ...this.args];
    this.#child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...this.env } });
    this.#child.stdout.on("data", (text) => this.#log.push(String(text)));
    this.#child.stderr.on("data", (text) => this.#log.push(String(text)));
    let exited = null;
    this.#child.once("exit", (code, signal) => (exited = `${code ?? signal}`));
    for (const deadline = Date.now() + PATIENCE; ; await pause(20)) {
      if (exited !== null) throw new Error(`the server ended with ${exited} before it was ready:\n${this.log}`);
      const text = await readFile(ready, "utf8").catch(() => "");
      if (text.endsWith("\n")) {
        Object.assign(this, JSON.parse(text));
        break;
      }
      if (Date.now() > deadline) throw new Error(`the server was not ready after ${PATIENCE / 1_000} s:\n${this.log}`);
    }
    this.listen = new URL(this.url).host;
    if (!this.caFile) return; // TLS is off.
    this.ca = await readFile(this.caFile, "utf8");
    this.agent = new https.Agent({ ca: this.ca, keepAlive: false });
  }

  get log() {
    return this.#log.join("");
  }

  /** Ends the process by a signal and waits until it is gone. Returns its exit code or signal. */
  end(signal = "SIGTERM") {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? child.signalCode);
    return new Promise((resolve) => {
      child.once("exit", (code, by) => resolve(code ?? by));
      child.kill(signal);
    });
  }

  /** Stops the server and removes its data. */
  async close() {
    await this.end();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** One HTTPS request; resolves to `{ status, headers, body }` with JSON parsed. */
  request(method, route, { json, token, headers = {} } = {}) {
    const body = json === undefined ? undefined : JSON.stringify(json);
    return new Promise((resolve, reject) => {
      const request = https.request(new URL(route, this.url), {
        method,
        agent: this.agent,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...headers,
        },
      });
      request.on("error", reject);
      request.on("response", async (response) => {
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const isJson = response.headers["content-type"]?.startsWith("application/json");
        resolve({ status: response.statusCode, headers: response.headers, body: isJson ? JSON.parse(text) : text });
      });
      request.end(body);
    });
  }

  /** Signs in; resolves to `{ token, user, api }`, where `api(method, route, json)` acts as that user. */
  async signIn(username, password = PASSWORD) {
    const answer = await this.request("POST", "/api/auth/login", { json: { username, password } });
    if (answer.status !== 200) throw new Error(`sign-in of ${username}: ${answer.status} ${JSON.stringify(answer.body)}`);
    const { token, user } = answer.body;
    return { token, user, api: (method, route, json) => this.request(method, route, { json, token }) };
  }
}
