// nginx, Caddy, HAProxy and Traefik with the very text of docs/PROXIES.md before the real binary. Only addresses, ports and the
// places of files are put in; a place that is not in the text fails the test.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as tus from "tus-js-client";
import { binary, PASSWORD, PATIENCE, TestServer } from "./lib/server.mjs";
import { connect, TRANSPORTS } from "./lib/socket.mjs";

const document = await readFile(new URL("../../docs/PROXIES.md", import.meta.url), "utf8");
const MIB = 1024 * 1024;
/** People come from here; the proxy, which alone is trusted, asks from 127.0.0.1. */
const PERSON = "127.0.0.2";

/** The block of the document that says it is tested under this name. */
function snippet(name) {
  const found = document.match(new RegExp(`<!-- tested: ${name} -->\n\`\`\`\\w+\n([^]*?)\`\`\``));
  assert.ok(found, `docs/PROXIES.md has no block "${name}"`);
  return found[1];
}

/** Puts other words into a text; each must be there. */
function put(text, words) {
  for (const [from, to] of words) {
    assert.ok(text.includes(from), `the block does not say ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

const PROXIES = {
  nginx: {
    // What is only in the snippet between two machines takes the place of what leads to this machine.
    tls: (root) => put(root, [["    location / {\n        proxy_pass http://127.0.0.1:8080;\n", snippet("nginx tls")]]),
    config: (text, { port, host, upstream, dir }) => {
      const site = put(text, [["listen 443", `listen 127.0.0.1:${port}`], [`/etc/ssl/${host}.pem`, `${dir}/site.pem`], [`/etc/ssl/${host}.key`, `${dir}/site.key`], upstream]);
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${dir}/${kind};`);
      return `daemon off; user root; pid ${dir}/pid; error_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary.join("\n")}\n${site}}\n`;
    },
    ca: "/etc/nginx/inkspot-ca.crt",
    run: (config, dir) => ["nginx", ["-e", "stderr", "-p", dir, "-c", config]],
  },
  caddy: {
    tls: (root) => put(root, [["\treverse_proxy 127.0.0.1:8080\n", snippet("caddy tls")]]),
    // It would ask the world for a certificate; here it is given one.
    config: (text, { port, host, upstream, dir }) =>
      `{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n${put(text, [[`${host} {`, `https://${host}:${port} {\n\tbind 127.0.0.1\n\ttls ${dir}/site.pem ${dir}/site.key`], upstream])}`,
    ca: "/etc/caddy/inkspot-ca.crt",
    run: (config) => ["caddy", ["run", "--adapter", "caddyfile", "--config", config]],
  },
  haproxy: {
    tls: (root) => put(root, [["    server inkspot 127.0.0.1:8080\n", snippet("haproxy tls")]]),
    config: (text, { port, host, upstream, dir }) => put(text, [["bind :443", `bind 127.0.0.1:${port}`], [`/etc/haproxy/${host}.pem`, `${dir}/both.pem`], upstream]),
    ca: "/etc/haproxy/inkspot-ca.crt",
    run: (config) => ["haproxy", ["-f", config]],
  },
  traefik: {
    prefix: (root) => put(root, [["      rule: Host(`chat.example.com`)\n", snippet("traefik prefix")]]),
    tls: (root) => put(root, [["  services:\n    inkspot:\n      loadBalancer:\n        servers:\n          - url: http://127.0.0.1:8080\n", snippet("traefik tls")]]),
    config: (text, { upstream, dir }) => `${put(text, [["tls:\n        certResolver: letsencrypt", "tls: {}"], upstream])}tls:\n  certificates:\n    - certFile: ${dir}/site.pem\n      keyFile: ${dir}/site.key\n`,
    // It asks nobody whether it is the newest.
    entry: ({ port, dir }) =>
      `${put(snippet("traefik entry point"), [[":443", `127.0.0.1:${port}`]])}providers:\n  file:\n    filename: ${dir}/config.yml\nglobal:\n  checkNewVersion: false\n`,
    ca: "/etc/traefik/inkspot-ca.crt",
    // tests/run puts it beside the interpreter.
    run: (_config, dir) => [path.join(path.dirname(process.env.INKSPOT_PYTHON), "traefik"), ["--configfile", `${dir}/entry.yml`]],
  },
};

const VARIANTS = {
  root: { host: "chat.example.com", base: "" },
  prefix: { host: "example.com", base: "/chat" },
  tls: { host: "chat.example.com", base: "" },
};

let site;
before(async () => {
  assert.ok(process.env.INKSPOT_PYTHON, "INKSPOT_PYTHON names no interpreter, which Traefik lies beside: run this through tests/run");
  site = await mkdtemp(path.join(tmpdir(), "inkspot-site-"));
  const names = "subjectAltName=DNS:chat.example.com,DNS:example.com";
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=example.com", "-addext", names, "-keyout", `${site}/site.key`, "-out", `${site}/site.pem`], { stdio: "pipe" });
  await writeFile(`${site}/both.pem`, (await readFile(`${site}/site.pem`, "utf8")) + (await readFile(`${site}/site.key`, "utf8")));
});
after(() => rm(site, { recursive: true, force: true }));

for (const [variant, { host, base }] of Object.entries(VARIANTS)) {
  describe(variant, () => {
    let server;
    before(async () => {
      const args = ["--trusted-proxies", "127.0.0.1", "--public-url", `https://${host}`];
      if (base !== "") args.push("--path-prefix", base);
      args.push(...(variant === "tls" ? ["--hostnames", "inkspot.internal"] : ["--tls", "off"]));
      server = await TestServer.start({ users: ["ann", "bob"], args });
    });
    after(() => server?.close());

    for (const kind of Object.keys(PROXIES)) describe(`by ${kind}`, () => {
      let proxy, url, agent, ann, bob;

      before(async () => {
        const port = await freePort();
        url = `https://${host}:${port}${base}`;
        proxy = await startProxy(kind, variant, { port, host, server, dir: site });
        agent = new https.Agent({ ca: await readFile(`${site}/site.pem`), localAddress: PERSON, lookup, keepAlive: false });
        [ann, bob] = await Promise.all(["ann", "bob"].map(signIn));
      });
      after(async () => {
        agent?.destroy();
        await proxy?.stop();
      });

      /** One request as a person sends it. */
      function ask(method, route, { json, token, headers = {} } = {}) {
        const body = json === undefined ? undefined : JSON.stringify(json);
        return new Promise((resolve, reject) => {
          const request = https.request(`${url}${route}`, {
            method,
            agent,
            headers: { ...(body && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }), ...(token && { authorization: `Bearer ${token}` }), ...headers },
          });
          request.on("error", reject);
          request.on("response", async (response) => {
            const chunks = [];
            for await (const chunk of response) chunks.push(chunk);
            const bytes = Buffer.concat(chunks);
            const json = response.headers["content-type"]?.startsWith("application/json") ? JSON.parse(bytes) : undefined;
            resolve({ status: response.statusCode, headers: response.headers, bytes, json });
          });
          request.end(body);
        });
      }

      /** As a browser does, which names the site that it is at. */
      async function signIn(username) {
        const headers = { origin: `https://${new URL(url).host}`, "sec-fetch-site": "same-origin", "x-forwarded-for": "203.0.113.66" };
        const { status, json, headers: answer } = await ask("POST", "/api/auth/login", { json: { username, password: PASSWORD }, headers });
        assert.equal(status, 200, JSON.stringify(json));
        const cookie = answer["set-cookie"].map((each) => each.split(";")[0]).join("; ");
        return { ...json, cookie };
      }

      const dial = (person, transports) => connect({ url: new URL(url).origin }, person.token, { transports, path: `${base}/api/socketio`, agent, ca: undefined });

      test("the app is there, and knows where it lives", async () => {
        const page = await ask("GET", "/", { headers: { accept: "text/html" } });
        assert.equal(page.status, 200);
        const html = page.bytes.toString();
        assert.ok(html.includes(`data-base="${base}"`), html.slice(0, 300));
        const script = html.match(/<script[^>]+src="([^"]+)"/)[1];
        assert.equal((await ask("GET", script.slice(base.length))).headers["content-type"], "text/javascript; charset=utf-8");
        if (base !== "") {
          const bare = await ask("GET", "");
          assert.deepEqual([bare.status, new URL(bare.headers.location, url).pathname], [308, "/chat/"]);
        }
      });

      test("a cookie is enough from our own pages, and of no use from others'", async () => {
        const change = (origin) => ask("PATCH", "/api/auth/me", { json: { displayName: "Ann" }, headers: { cookie: ann.cookie, origin } });
        assert.equal((await change(`https://${new URL(url).host}`)).status, 200);
        assert.equal((await change("https://evil.example")).status, 403);
      });

      test("links lead to where people are, with the path", async () => {
        const { json } = await ask("POST", "/api/invites", { json: {}, token: ann.token });
        assert.equal(json.link, `${url}/invite/${json.code}`);
      });

      for (const [name, transports] of Object.entries(TRANSPORTS)) {
        test(`two people chat over ${name}`, async () => {
          const room = (await ask("POST", "/api/conversations", { json: { title: "Tea", isGroup: true, members: ["bob"] }, token: ann.token })).json.id;
          const [a, b] = await Promise.all([dial(ann, transports), dial(bob, transports)]);
          if (name !== "polling") await Promise.all([a, b].map(upgraded));
          assert.deepEqual(await b.ask("join-conversation", room), { ok: true });
          for (let n = 0; n < 5; n++) await a.send(room, `${name} ${n}`);
          for (let n = 0; n < 5; n++) assert.equal((await b.next("new-message")).content, `${name} ${n}`);
          [a, b].forEach((person) => person.close());
        });
      }

      test("20 MB go up in pieces and come back whole", async () => {
        const bytes = randomBytes(20 * MIB);
        const id = await new Promise((resolve, reject) => {
          const upload = new tus.Upload(bytes, {
            endpoint: `${url}/api/uploads`,
            headers: { authorization: `Bearer ${ann.token}` },
            metadata: { filename: "large.bin" },
            chunkSize: 8 * MIB,
            retryDelays: null,
            httpStack: new tus.DefaultHttpStack({ agent }),
            onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader("Inkspot-File")),
            onError: reject,
          });
          upload.start();
        });
        const file = await ask("GET", `/api/files/${id}`, { token: ann.token });
        const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
        assert.equal(hash(file.bytes), hash(bytes));
        const range = await ask("GET", `/api/files/${id}`, { token: ann.token, headers: { range: "bytes=100-199" } });
        assert.deepEqual([range.status, range.bytes.equals(bytes.subarray(100, 200))], [206, true]);
      });

      test("devices show the person's address, whatever they claim", async () => {
        const { json } = await ask("GET", "/api/auth/sessions", { token: ann.token });
        assert.deepEqual([...new Set(json.sessions.map((session) => session.address))], [PERSON]);
      });
    });
  });
}

test("whoever is no trusted proxy claims in vain", async () => {
  const server = await TestServer.start({ users: ["ann"], args: ["--tls", "off", "--trusted-proxies", "127.0.0.9"] });
  const headers = { "content-type": "application/json", "x-forwarded-for": "203.0.113.66", "x-forwarded-proto": "https" };
  const signedIn = await fetch(`${server.url}/api/auth/login`, { method: "POST", headers, body: JSON.stringify({ username: "ann", password: PASSWORD }) });
  const { token } = await signedIn.json();
  const { sessions } = await (await fetch(`${server.url}/api/auth/sessions`, { headers: { authorization: `Bearer ${token}` } })).json();
  assert.deepEqual(sessions.map((session) => session.address), ["127.0.0.1"]);
  await server.close();
});

test("the doctor goes the same way, and names what a proxy loses", async () => {
  const server = await TestServer.start({ users: ["ann"], args: ["--tls", "off", "--trusted-proxies", "127.0.0.1"] });
  const look = async (without) => {
    const port = await freePort();
    const proxy = await startProxy("nginx", "root", { port, host: "chat.example.com", server, dir: site, without });
    const found = await examine(server.dataDir, `https://127.0.0.1:${port}`);
    await proxy.stop();
    return Object.fromEntries(found.map(({ id, state }) => [id, state]));
  };
  const [host, upgrade] = ["proxy_set_header Host $http_host;", "proxy_set_header Upgrade $http_upgrade;"];
  const good = await look([]);
  assert.deepEqual([good["url-answer"], good["url-headers"], good["url-path"], good["url-websocket"]], ["ok", "ok", "ok", "ok"]);
  assert.equal(good["url-certificate"], "fail", "the certificate does not name 127.0.0.1");
  const bad = await look([host, upgrade]);
  assert.deepEqual([bad["url-answer"], bad["url-headers"], bad["url-path"], bad["url-websocket"]], ["ok", "fail", "ok", "warn"]);
  await server.close();
});

/** What `inkspot doctor` finds. */
function examine(dataDir, url) {
  const args = ["doctor", "--json", "--data", dataDir, "--url", url];
  return new Promise((resolve) => execFile(binary, args, (_error, out) => resolve(JSON.parse(out))));
}

/** All names are this machine. */
function lookup(_host, options, done) {
  if (options.all) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
}

/** Waits until this person's socket is a WebSocket. */
async function upgraded({ socket }) {
  const { engine } = socket.io;
  if (engine.transport.name !== "websocket") await new Promise((done) => engine.once("upgrade", done));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Runs the proxy until it is stopped; resolves once it answers. */
async function startProxy(kind, variant, { port, host, server, dir: shared, without = [] }) {
  const proxy = PROXIES[kind];
  const dir = await mkdtemp(path.join(tmpdir(), `inkspot-${kind}-`));
  for (const name of ["site.pem", "site.key", "both.pem"]) await writeFile(`${dir}/${name}`, await readFile(`${shared}/${name}`));
  const at = new URL(server.url).host;
  let text = variant === "prefix" && proxy.prefix === undefined ? snippet(`${kind} prefix`) : snippet(`${kind} root`);
  if (variant === "prefix") text = proxy.prefix?.(text) ?? text;
  if (variant === "tls") text = put(proxy.tls(text), [[proxy.ca, server.caFile]]);
  text = put(text, without.map((line) => [line, ""]));
  const upstream = [variant === "tls" ? "10.0.0.5:8443" : "127.0.0.1:8080", at];
  const config = path.join(dir, "config.yml");
  await writeFile(config, proxy.config(text, { port, host, upstream, dir }));
  if (proxy.entry) await writeFile(path.join(dir, "entry.yml"), proxy.entry({ port, dir }));
  const [program, args] = proxy.run(config, dir);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir } });
  const log = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (said) => log.push(String(said)));
  let ended = null;
  const gone = new Promise((resolve) => {
    child.once("error", (error) => resolve((ended = error.message)));
    child.once("exit", (code, signal) => resolve((ended = `${code ?? signal}`)));
  });
  for (const deadline = Date.now() + PATIENCE; ; await pause(20)) {
    if (ended !== null) throw new Error(`${program} ended with ${ended}:\n${log.join("")}`);
    if (await answers(`https://${host}:${port}${VARIANTS[variant].base}/`)) break;
    if (Date.now() > deadline) throw new Error(`${program} does not answer after ${PATIENCE / 1_000} s:\n${log.join("")}`);
  }
  return {
    async stop() {
      child.kill("SIGTERM");
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Whether somebody leads on from there: Traefik listens before it knows where to. */
function answers(url) {
  return new Promise((resolve) => {
    const request = https.get(url, { lookup, agent: false, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode !== 404);
    });
    request.once("error", () => resolve(false));
  });
}
