// What the appliance occupies and how fast it is there: the figures of docs/FOOTPRINT.md.
//   node packaging/footprint.mjs [--program FILE] [--minutes N] [--rounds N] [--messages N] [--files N] [PART…]
// PART: sizes, empty, start, first-run, clients, million, backup. All of them without a word. Nothing is asserted; packaging/footprint.sh
// builds what it needs and runs it. Run it on a quiet machine.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import https from "node:https";
import { createServer } from "node:net";
import { loadavg } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { connect } from "../tests/js/lib/socket.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const version = /^version = "(.*)"/m.exec(readFileSync(path.join(root, "Cargo.toml"), "utf8"))[1];
const dist = path.join(root, "target/dist");
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    program: { type: "string", default: path.join(dist, `inkspot-${version}-x86_64`) },
    minutes: { type: "string", default: "5" },
    rounds: { type: "string", default: "7" },
    messages: { type: "string", default: "1000000" },
    files: { type: "string", default: "16" },
    "keep-store": { type: "string" },
  },
});
const PASSWORD = "correct horse battery";
const MIB = 2 ** 20;
mkdirSync(path.join(root, "target/footprint"), { recursive: true });
const place = mkdtempSync(path.join(root, "target/footprint/run-"));

const say = (name, value, target = "") => console.log(`${name.padEnd(58)} ${String(value).padStart(14)}   ${target}`);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const of = (pid, file, key) => Number(new RegExp(`^${key}:\\s*(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "utf8"))[1]);
const rssMib = (pid) => of(pid, "status", "VmRSS") / 1024;
const written = (pid) => of(pid, "io", "write_bytes");
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const bytesIn = (dir) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size, 0);

/** A port that nobody uses. */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const ask = (port, route, { method = "GET", token, json, type = "application/json", body } = {}) =>
  new Promise((resolve, reject) => {
    const headers = { "content-type": type, ...(token && { authorization: `Bearer ${token}` }) };
    const request = https.request({ host: "127.0.0.1", port, path: route, method, headers, agent: false, rejectUnauthorized: false }, async (answer) => {
      let text = "";
      for await (const part of answer) text += part;
      resolve({ status: answer.statusCode, text });
    });
    request.on("error", reject).end(body ?? (json && JSON.stringify(json)));
  });

/** A file of random bytes, sent as a form and then in a message. */
async function sendFile(port, token, conversationId, bytes) {
  const edge = "part-of-a-measurement";
  const head = `--${edge}\r\ncontent-disposition: form-data; name="file"; filename="noise.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), randomBytes(bytes), Buffer.from(`\r\n--${edge}--\r\n`)]);
  const sent = await ask(port, "/api/attachments", { method: "POST", token, type: `multipart/form-data; boundary=${edge}`, body });
  const attachments = JSON.parse(sent.text).files.map((file) => file.id);
  const message = await ask(port, "/api/messages/realtime", { method: "POST", token, json: { conversationId, attachments } });
  if (message.status !== 201) throw new Error(`a message with a file: ${message.status} ${message.text}`);
}

/** Runs the program to its end; resolves to the seconds that it took and the most memory (RSS, MiB) it was seen with. */
async function run(args) {
  const begun = performance.now();
  const child = spawn(options.program, args, { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let most = 0;
  for (let code; code === undefined; code = await Promise.race([ended, pause(20)])) {
    try {
      most = Math.max(most, of(child.pid, "status", "VmHWM") / 1024);
    } catch {
      // It has ended between two looks.
    }
  }
  if (child.exitCode !== 0) throw new Error(`${args.join(" ")} ended with ${child.exitCode}`);
  return { seconds: (performance.now() - begun) / 1000, most };
}

/** Runs a server; resolves to it, the milliseconds until it answered its first request over HTTPS, and its CPU till then. */
async function begin(command, args, port, route) {
  const begun = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  for (;;) {
    const answer = await ask(port, route).catch(() => null);
    if (answer) return { child, ms: performance.now() - begun, cpuMs: cpu(child.pid) * 1000 };
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    await pause(1);
  }
}

async function serve(data) {
  const port = await freePort();
  const args = ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--plain-listen", "off", "--limits", "off", "--log-level", "warn"];
  return { port, ...(await begin(options.program, args, port, "/up")) };
}

const end = (child, signal = "SIGTERM") =>
  new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill(signal);
  });

const addAdmin = (data) => execFileSync(options.program, ["user", "add", "admin", "--admin", "--password-stdin", "--data", data], { input: `${PASSWORD}\n` });
async function signIn(port) {
  const answer = await ask(port, "/api/auth/login", { method: "POST", json: { username: "admin", password: PASSWORD } });
  return JSON.parse(answer.text).token;
}

const parts = {
  sizes() {
    const targets = { x86_64: "≤ 15 MB", aarch64: "≤ 13 MB", ".deb": "≤ 6 MB" };
    for (const file of readdirSync(dist).filter((name) => /^inkspot.*(_64|aarch64|armv7|\.deb|\.tar)$/.test(name)).sort()) {
      const target = Object.entries(targets).find(([ending]) => file.endsWith(ending));
      say(file, `${(statSync(path.join(dist, file)).size / 1e6).toFixed(2)} MB`, target?.[1]);
    }
  },

  async empty() {
    const { child } = await serve(path.join(place, "empty"));
    await pause(10_000);
    say("memory (RSS), empty store, 10 s after the start", `${rssMib(child.pid).toFixed(1)} MiB`, "≤ 16 MB (15.3 MiB)");
    await end(child);
  },

  async start() {
    const [key, cert] = ["key", "cert"].map((name) => path.join(place, `${name}.pem`));
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", cert], { stdio: "ignore" });
    const seen = { first: [], again: [], node: [], ratio: [], cpu: [], nodeCpu: [] };
    for (let round = 0; round < Number(options.rounds); round++) {
      const data = path.join(place, `start-${round}`);
      for (const kind of ["first", "again"]) {
        const { child, ms, cpuMs } = await serve(data);
        seen[kind].push(ms);
        if (kind === "again") seen.cpu.push(cpuMs);
        await end(child);
      }
      const port = await freePort();
      const { child, ms, cpuMs } = await begin("node", [path.join(root, "benches/peers/rooms.mjs"), port, "--tls", key, cert], port, "/api/socketio/?EIO=4&transport=polling");
      seen.node.push(ms);
      seen.nodeCpu.push(cpuMs);
      await end(child);
      seen.ratio.push(seen.again[round] / ms);
    }
    say("start to the first HTTPS answer, the very first time", `${median(seen.first).toFixed(0)} ms`);
    say("  again (and CPU of that)", `${median(seen.again).toFixed(0)} (${median(seen.cpu).toFixed(0)}) ms`);
    say("  a bare Node server of socket.io", `${median(seen.node).toFixed(0)} (${median(seen.nodeCpu).toFixed(0)}) ms`);
    say("  again / Node, median of the rounds", median(seen.ratio).toFixed(2), "≤ 0.25");
  },

  async "first-run"() {
    const { walk } = await import("./first-run.mjs");
    const steps = await walk(options.program, place, [await freePort(), await freePort()]);
    for (const [step, seconds] of steps) say(step, `${seconds.toFixed(1)} s`);
    const all = steps.reduce((sum, [, seconds]) => sum + seconds, 0);
    say(`from the program to the second person's message, ${steps.length} steps`, `${all.toFixed(1)} s`, "< 60 s");
  },

  async clients() {
    const data = path.join(place, "clients");
    addAdmin(data);
    const { child, port } = await serve(data);
    const token = await signIn(port);
    const server = { url: `https://127.0.0.1:${port}`, ca: readFileSync(path.join(data, "tls/ca.crt")) };
    const crowd = [];
    while (crowd.length < 1000) crowd.push(...(await Promise.all(Array.from({ length: 50 }, () => connect(server, token, { reconnection: false })))));
    await pause(20_000);
    const before = { cpu: cpu(child.pid), written: written(child.pid), at: performance.now() };
    await pause(Number(options.minutes) * 60_000);
    const seconds = (performance.now() - before.at) / 1000;
    const alive = crowd.filter((person) => person.socket.connected).length;
    say(`idle, ${alive} clients over TLS, ${options.minutes} minutes: CPU of one core`, `${(((cpu(child.pid) - before.cpu) / seconds) * 100).toFixed(2)} %`, "< 1 %");
    say("  written to the disk, by the hour", `${((((written(child.pid) - before.written) / seconds) * 3600) / 1e6).toFixed(3)} MB`, "< 1 MB");
    say("  memory (RSS)", `${rssMib(child.pid).toFixed(1)} MiB`);
    crowd.forEach((person) => person.close());
    await end(child);
  },

  async million() {
    const data = options["keep-store"] ?? path.join(place, "million");
    if (!existsSync(data)) execFileSync(path.join(root, "benches/target/release/memory"), [options.messages, "16", data], { stdio: "inherit" });
    if (!execFileSync(options.program, ["user", "list", "--json", "--data", data], { encoding: "utf8" }).includes('"admin"')) addAdmin(data);
    let server = await serve(data);
    const token = await signIn(server.port);
    const begun = performance.now();
    while (JSON.parse((await ask(server.port, "/api/search?q=message", { token })).text).indexing) await pause(500);
    say("1 M messages: the search index, made anew", `${((performance.now() - begun) / 1000).toFixed(0)} s`);
    say("  memory (RSS) after that", `${rssMib(server.child.pid).toFixed(1)} MiB`);
    const restarted = async (words, target) => {
      await end(server.child);
      server = await serve(data);
      await pause(10_000);
      say(words, `${rssMib(server.child.pid).toFixed(1)} MiB`, target);
    };
    await restarted("  memory (RSS), 10 s after a start, as they were written at one go");
    const storage = async () => JSON.parse((await ask(server.port, "/api/admin/storage", { token })).text);
    const [sizeBefore, rssBefore, started] = [(await storage()).messages, rssMib(server.child.pid), performance.now()];
    await ask(server.port, "/api/admin/compaction", { method: "POST", token, json: {} });
    let most = rssBefore;
    for (let state; state === undefined || state.compacting; await pause(200)) {
      state = await storage();
      most = Math.max(most, rssMib(server.child.pid));
    }
    const after = await storage();
    say(`1 M messages: space given back while it runs, ${(sizeBefore / 1e6).toFixed(0)} to ${(after.messages / 1e6).toFixed(0)} MB, in`, `${((performance.now() - started) / 1000).toFixed(0)} s`);
    say("  of the size of its rows", `${(after.messages / after.messageRows).toFixed(2)}`, "≤ 2.5");
    say("  memory (RSS) more than before, at most", `${(most - rssBefore).toFixed(1)} MiB`, "≤ 64 MB (61.0 MiB)");
    await restarted("1 M messages: memory (RSS), 10 s after a start", "≤ 64 MB (61.0 MiB)");
    const [times, cpus] = [[], []];
    for (let round = 0; round < Number(options.rounds); round++) {
      // Something is under way when it is killed.
      await Promise.all([1, 2, 3].map(() => ask(server.port, "/api/invites", { method: "POST", token, json: {} })));
      await end(server.child, "SIGKILL");
      server = await serve(data);
      times.push(server.ms);
      cpus.push(server.cpuMs);
    }
    say("1 M messages: kill -9, start to the first HTTPS answer", `${median(times).toFixed(0)} (${median(cpus).toFixed(0)}) ms`, "≤ 2 s");
    say("  the slowest", `${Math.max(...times).toFixed(0)} ms`);
    const [file, restored] = [path.join(place, "backup"), path.join(place, "restored")];
    const { seconds: backup } = await run(["backup", file, "--data", data]);
    const size = statSync(file).size / 1e6;
    say(`backup while it runs: ${size.toFixed(0)} MB file of ${(bytesIn(data) / 1e6).toFixed(0)} MB in`, `${backup.toFixed(1)} s`);
    say("  of the file; messages a second", `${(size / backup).toFixed(1)} MB/s; ${(Number(options.messages) / backup).toFixed(0)}`);
    say("  memory (RSS) of the server afterwards", `${rssMib(server.child.pid).toFixed(1)} MiB`);
    await end(server.child);
    const { seconds: restore } = await run(["restore", file, "--data", restored]);
    say("restore in", `${restore.toFixed(1)} s`);
    say("  of the file; messages a second", `${(size / restore).toFixed(1)} MB/s; ${(Number(options.messages) / restore).toFixed(0)}`);
  },

  async backup() {
    const [data, file, restored] = ["house", "house.backup", "house-restored"].map((name) => path.join(place, name));
    addAdmin(data);
    const { child, port } = await serve(data);
    const token = await signIn(port);
    const made = await ask(port, "/api/conversations", { method: "POST", token, json: { title: "Noise", isGroup: true, members: [] } });
    for (let sent = 0; sent < Number(options.files); sent++) await sendFile(port, token, JSON.parse(made.text).id, 64 * MIB);
    const before = rssMib(child.pid);
    // From here on the kernel keeps the most anew.
    writeFileSync(`/proc/${child.pid}/clear_refs`, "5");
    const backup = await run(["backup", file, "--data", data]);
    const rate = ({ seconds }) => `${(statSync(file).size / 1e6 / seconds).toFixed(0)} MB/s`;
    say(`backup of ${options.files} files of 64 MiB while it runs`, rate(backup));
    say("  memory (RSS) of the server at most, more than before", `${(of(child.pid, "status", "VmHWM") / 1024 - before).toFixed(1)} MiB`);
    await end(child);
    const restore = await run(["restore", file, "--data", restored]);
    say("restore of it", rate(restore));
    say("  memory (RSS) of that at most", `${restore.most.toFixed(1)} MiB`);
  },
};

try {
  console.log(`load of the machine: ${loadavg().map((load) => load.toFixed(1)).join(" ")}`);
  for (const part of positionals.length ? positionals : Object.keys(parts)) await parts[part]();
  console.log(`load of the machine: ${loadavg().map((load) => load.toFixed(1)).join(" ")}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
