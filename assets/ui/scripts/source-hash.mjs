/** The freshness mark: one hash over all sources. The algorithm is written in README.md. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";

const sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** Hex sha256 over the sources in `folder` (`assets/ui`), without `node_modules`. */
export function sourceHash(folder) {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join(posix.sep))
    .filter((path) => !path.split("/").includes("node_modules"))
    .map((path) => ({ path, bytes: Buffer.from(path, "utf8") }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  return sha256(paths.map(({ path }) => `${path}\0${sha256(readFileSync(join(folder, path)))}\n`).join(""));
}
