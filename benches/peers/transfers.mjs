// One large file up and down through TLS, for both kinds of storage, beside nginx that serves the
// same file: MiB a second, the growth of resident memory at its peak, and CPU. curl is the client;
// it reads into nothing. node transfers.mjs INKSPOT [MIB [ROUNDS [DIR]]]
import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [inkspot, mib = "1024", rounds = "3", dir = tmpdir()] = process.argv.slice(2);
const size = Number(mib) * 2 ** 20;
const place = mkdtempSync(join(resolve(dir), "transfers-"));
const file = join(place, "www", "file");
const PASSWORD = "a password for benches";

function makeFile() {
    mkdirSync(join(place, "www"));
    const out = openSync(file, "w");
    for (let n = 0; n < size; n += 2 ** 20) writeSync(out, randomBytes(2 ** 20));
    closeSync(out);
}

/** Everything below a process: its resident KiB and its CPU seconds. */
function look(pid) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    return { rss: Number(/VmRSS:\s+(\d+)/.exec(status)[1]), cpu: (Number(stat[11]) + Number(stat[12])) / 100 };
}

/** Runs curl and gives its seconds, and what it did to a process. */
async function measured(pid, args) {
    const before = look(pid);
    let peak = before.rss;
    const timer = setInterval(() => (peak = Math.max(peak, look(pid).rss)), 20);
    const seconds = await new Promise((done, failed) => {
        const curl = spawn("curl", ["-sSfk", "-o", "/dev/null", "-w", "%{time_total} %{size_download} %{size_upload}", ...args]);
        let text = "";
        curl.stdout.on("data", (more) => (text += more));
        curl.stderr.pipe(process.stderr);
        curl.on("close", (code) => (code === 0 ? done(Number(text.split(" ")[0])) : failed(new Error(`curl: ${code}`))));
    });
    clearInterval(timer);
    const after = look(pid);
    return { rate: size / 2 ** 20 / seconds, growth: (peak - before.rss) / 1024, cpu: ((after.cpu - before.cpu) * 2 ** 30) / size };
}

const ask = (args) => execFileSync("curl", ["-sSk", ...args], { encoding: "utf8" });

async function inkspotWith(storage) {
    const data = join(place, storage);
    const config = join(place, `${storage}.toml`);
    writeFileSync(config, `[files]\nstorage = "${storage}"\nmax_file_mib = ${Number(mib) + 1}\nquota_mib = 0\n`);
    execFileSync(inkspot, ["user", "add", "admin", "--admin", "--password-stdin", "--config", config, "--data", data], { input: `${PASSWORD}\n` });
    const ready = join(place, `${storage}.ready`);
    rmSync(ready, { force: true });
    const server = spawn(inkspot, ["serve", "--config", config, "--listen", "127.0.0.1:0", "--plain-listen", "off",
        "--limits", "off", "--log-level", "warn", "--data", data, "--ready-file", ready], { stdio: ["ignore", "ignore", "inherit"] });
    while (!existsSync(ready) || !readFileSync(ready, "utf8").endsWith("\n")) {
        if (server.exitCode !== null) throw new Error("the product did not start");
        await sleep(20);
    }
    const url = JSON.parse(readFileSync(ready, "utf8")).url.replace(/\/$/, "").replace("localhost", "127.0.0.1");
    const login = ask([`${url}/api/auth/login`, "-H", "content-type: application/json",
        "-d", JSON.stringify({ username: "admin", password: PASSWORD })]);
    return { server, url, token: JSON.parse(login).token };
}

async function transfer(storage) {
    const { server, url, token } = await inkspotWith(storage);
    try {
        const mine = ["-H", `authorization: Bearer ${token}`];
        const tus = [...mine, "-H", "tus-resumable: 1.0.0"];
        const begun = ask([`${url}/api/uploads`, "-X", "POST", "-D", "-", "-o", "/dev/null", ...tus, "-H", `upload-length: ${size}`,
            "-H", `upload-metadata: filename ${Buffer.from("large.bin").toString("base64")}`]);
        const id = /^location:.*\/(\S+)\s*$/im.exec(begun)[1];
        const up = await measured(server.pid, [`${url}/api/uploads/${id}`, "-X", "PATCH", "-T", file, ...tus,
            "-H", "upload-offset: 0", "-H", "content-type: application/offset+octet-stream"]);
        const down = await measured(server.pid, [`${url}/api/files/${id}`, ...mine]);
        return { up, down };
    } finally {
        const gone = new Promise((done) => server.on("exit", done));
        server.kill("SIGTERM");
        await gone;
        rmSync(join(place, storage), { recursive: true, force: true });
    }
}

/** Whether somebody listens there. */
function answers(port) {
    return new Promise((done) => {
        const socket = connect(port, "127.0.0.1", () => done(true));
        socket.on("connect", () => socket.destroy()).on("error", () => done(false));
    });
}

/** One worker, the key as ours: an elliptic curve of 256 bits. */
async function nginx() {
    const pem = (name) => join(place, `${name}.pem`);
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
        "-keyout", pem("key"), "-out", pem("cert")], { stdio: "ignore" });
    const port = 20_000 + (process.pid % 10_000);
    const config = join(place, "nginx.conf");
    writeFileSync(config, `daemon off; master_process off; user root; pid ${place}/nginx.pid; error_log ${place}/nginx.log;
events {} http { access_log off; sendfile on; client_body_temp_path ${place}/body; proxy_temp_path ${place}/proxy;
fastcgi_temp_path ${place}/fastcgi; uwsgi_temp_path ${place}/uwsgi; scgi_temp_path ${place}/scgi;
server { listen 127.0.0.1:${port} ssl http2; root ${place}/www; ssl_certificate ${pem("cert")}; ssl_certificate_key ${pem("key")}; } }`);
    const server = spawn("nginx", ["-c", config, "-p", place], { stdio: ["ignore", "ignore", "inherit"] });
    try {
        while (!(await answers(port))) {
            if (server.exitCode !== null) throw new Error(`nginx did not start; ${place}/nginx.log says why`);
            await sleep(20);
        }
        return { down: await measured(server.pid, [`https://127.0.0.1:${port}/file`]) };
    } finally {
        const gone = new Promise((done) => server.on("exit", done));
        server.kill("SIGTERM");
        await gone;
    }
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

makeFile();
const seen = { volumes: [], files: [], nginx: [] };
try {
    for (let round = 0; round < Number(rounds); round++) {
        for (const kind of Object.keys(seen)) {
            seen[kind].push(kind === "nginx" ? await nginx() : await transfer(kind));
        }
    }
} finally {
    rmSync(place, { recursive: true, force: true });
}
console.log(`${mib} MiB, ${rounds} rounds, interleaved; medians`);
console.log("        | direction | MiB/s | beside nginx | memory grows by MiB | CPU s/GiB");
for (const [kind, runs] of Object.entries(seen)) {
    for (const way of ["up", "down"].filter((way) => runs[0][way])) {
        const of = (what) => median(runs.map((run) => run[way][what]));
        const beside = way === "down" ? median(runs.map((run, n) => run.down.rate / seen.nginx[n].down.rate)).toFixed(2) : "";
        console.log(`${kind.padEnd(7)} | ${way.padEnd(9)} | ${of("rate").toFixed(0).padStart(5)} | ${beside.padStart(12)} | ${of("growth").toFixed(1).padStart(19)} | ${of("cpu").toFixed(2)}`);
    }
}
