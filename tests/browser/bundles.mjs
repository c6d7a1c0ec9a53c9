// A newer version of the web app for tests: the committed bundle with other words in it and other names for its files.
import { cp, mkdtemp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";

const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../assets/dist");
/** What the worker of the newer bundle calls its version. */
export const VERSION = "0123456789ab";
const TEXT = /\.(js|css|html|svg|webmanifest)\.(br|gz)$/;

/** Makes it in a folder of its own, with `words` exchanged for `others` wherever they stand; resolves to the folder. */
export async function newerBundle(words, others) {
  const folder = await mkdtemp(path.join(tmpdir(), "inkspot-bundle-"));
  await cp(dist, folder, { recursive: true });
  const names = await readdir(path.join(folder, "assets"));
  const renamed = new Map(names.map((name) => plain(name)).map((name) => [name, newName(name)]));
  let found = false;
  for (const name of await readdir(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (!TEXT.test(name)) continue;
    const before = unpack(name, await readFile(file));
    let text = before.replaceAll(words, others);
    found ||= text !== before;
    for (const [old, fresh] of renamed) text = text.replaceAll(old, fresh);
    // The worker keeps its files under the name of the version.
    if (plain(name) === "sw.js") text = text.replace(/([`"'])[0-9a-f]{12}\1/, `$1${VERSION}$1`);
    await writeFile(file, pack(name, text));
  }
  if (!found) throw new Error(`the bundle does not say “${words}”`);
  for (const name of names) await rename(path.join(folder, "assets", name), path.join(folder, "assets", newName(name)));
  return folder;
}

const plain = (name) => name.replace(/\.(br|gz)$/, "");
/** Another hash in the place of the old one. */
const newName = (name) => name.replace(/-([\w-]{7})([\w-])\./, (_, hash, last) => `-${hash}${last === "x" ? "y" : "x"}.`);
const unpack = (name, bytes) => (name.endsWith(".br") ? brotliDecompressSync(bytes) : gunzipSync(bytes)).toString();
const pack = (name, text) =>
  name.endsWith(".br") ? brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }) : gzipSync(text);
