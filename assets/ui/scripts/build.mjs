/**
 * Builds the bundle: vite, the service worker, then every file stored as `.br` and `.gz` only, the freshness mark, and
 * the size budget. The same sources give the same bytes.
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { build } from "vite";
import { sourceHash } from "./source-hash.mjs";

const KIB = 1024;
/** Greatest sizes, gzip: what the first page needs, and all style sheets together. */
const BUDGET = { js: 110 * KIB, css: 20 * KIB };

const ui = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(ui, "..", "dist");

/** All files below a folder, as sorted paths with forward slashes. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join(posix.sep))
    .sort();
}

/** The committed bundle: name → both compressed forms, read before vite empties the folder. */
function committed() {
  const names = existsSync(dist) ? filesIn(dist) : [];
  const bytes = new Map(names.map((name) => [name, readFileSync(join(dist, name))]));
  return (name, raw) => {
    const [br, gz] = [bytes.get(`${name}.br`), bytes.get(`${name}.gz`)];
    return br && gz && brotliDecompressSync(br).equals(raw) && gunzipSync(gz).equals(raw) ? { br, gz } : null;
  };
}

/** Stores both compressed forms in place of the file; returns its sizes in bytes. */
function store(name) {
  const path = join(dist, name);
  const raw = readFileSync(path);
  // Another Node may compress to other bytes; what already says the same is kept.
  const { br, gz } = before(name, raw) ?? compress(raw);
  writeFileSync(`${path}.br`, br);
  writeFileSync(`${path}.gz`, gz);
  rmSync(path);
  return { raw: raw.length, gz: gz.length, br: br.length };
}

function compress(raw) {
  const br = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  const gz = gzipSync(raw, { level: 9 });
  gz[9] = 255; // the operating system in the gzip header: "unknown", the same on every machine
  return { br, gz };
}

/** The service worker: one file without a hash at the root, which knows all files of this version by name. */
async function buildWorker() {
  const files = ["", ...filesIn(dist).filter((name) => name.startsWith("assets/"))];
  const version = createHash("sha256").update(readFileSync(join(dist, "index.html"))).update(files.join("\n")).digest("hex").slice(0, 12);
  await build({
    root: ui,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { FILES: JSON.stringify(files), VERSION: JSON.stringify(version) },
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: "es2022",
      reportCompressedSize: false,
      rollupOptions: { input: join(ui, "src/worker/sw.ts"), output: { entryFileNames: "sw.js", format: "iife" } },
    },
  });
}

const before = committed();
await build({ root: ui, logLevel: "warn" });
await buildWorker();
const html = readFileSync(join(dist, "index.html"), "utf8");
const first = new Set([...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]));
const sum = { js: 0, css: 0 };
for (const name of filesIn(dist)) {
  const size = store(name);
  const kind = name.endsWith(".css") ? "css" : name.endsWith(".js") && first.has(name) ? "js" : null;
  if (kind) sum[kind] += size.gz;
  const cells = [size.raw, size.gz, size.br].map((bytes) => `${(bytes / KIB).toFixed(1)} KiB`.padStart(11));
  console.log(`${name.padEnd(36)}${cells.join("")}${first.has(name) ? "  first page" : ""}`);
}
writeFileSync(join(dist, "source.sha256"), `${sourceHash(ui)}\n`);
for (const [kind, limit] of Object.entries(BUDGET)) {
  console.log(`${kind}: ${(sum[kind] / KIB).toFixed(1)} KiB gzip of ${limit / KIB} KiB`);
  if (sum[kind] > limit) {
    console.error(`The ${kind} budget is exceeded. Load something lazily, or leave it out.`);
    process.exitCode = 1;
  }
}
