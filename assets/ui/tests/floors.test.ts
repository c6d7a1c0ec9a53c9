/** Reads every import of `src` and fails on one that points up, sideways, or past the hooks. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "..", "src");
const FLOORS: Record<string, number> = { "..": -1, styles: 0, kit: 7, pages: 6, worker: 3, components: 5, hooks: 4, state: 3, realtime: 2, api: 2, cache: 2, lib: 1, words: 0 };
const DRAWN = new Set(["pages", "components"]);
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
const roomOf = (file: string) => file.split("/").slice(0, -1)[0] ?? "";

/** The rooms a file imports from. */
function imported(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
    .map((match) => relative(src, join(src, dirname(file), match[1] ?? "")))
    .filter((path) => !path.endsWith(".css"))
    .map(roomOf);
}

function allowed(from: string, to: string): boolean {
  if (from === to) return true;
  if (DRAWN.has(from) && !DRAWN.has(to) && !["hooks", "lib", ".."].includes(to)) return false;
  return (FLOORS[from] ?? 0) > (FLOORS[to] ?? 0);
}

test("imports point down, and drawn things know only hooks", () => {
  const broken = files
    .filter((file) => file !== "main.tsx")
    .flatMap((file) => imported(file).filter((room) => !allowed(roomOf(file), room)).map((room) => `${file} → ${room}`));
  expect(broken).toEqual([]);
});

test("the rule itself refuses what it should", () => {
  expect(allowed("components", "state")).toBe(false);
  expect(allowed("lib", "state")).toBe(false);
  expect(allowed("api", "cache")).toBe(false);
  expect(allowed("pages", "components")).toBe(true);
  expect(imported("components/MessageList.tsx")).toContain("hooks");
});

test("files stay under 200 lines", () => {
  const long = files
    .filter((file) => !file.startsWith("words/"))
    .map((file) => ({ file, lines: readFileSync(join(src, file), "utf8").split("\n").length - 1 }))
    .filter(({ lines }) => lines > 200);
  expect(long).toEqual([]);
});

test("no markup is ever made from text", () => {
  const found = files.filter((file) => /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|\beval\(/.test(readFileSync(join(src, file), "utf8")));
  expect(found).toEqual([]);
});
