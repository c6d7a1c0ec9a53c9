/** The app lives wherever the page says: no file of it may know a place by heart. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { at, BASE, SOCKET_PATH, within } from "../src/lib/base";

const src = join(import.meta.dirname, "..", "src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));

test("without a word of the page it is the root", () => {
  expect([BASE, SOCKET_PATH, at("/search"), within("/search")]).toEqual(["", "/api/socketio", "/search", "/search"]);
});

test("a place goes out with the base and comes in without it", () => {
  expect(at("/conversations/7?x=1", "/chat")).toBe("/chat/conversations/7?x=1");
  for (const [path, place] of [
    ["/chat/conversations/7?x=1", "/conversations/7?x=1"],
    ["/chat/", "/"],
    ["/chat", "/"],
    ["/chat?x=1", "/?x=1"],
    ["/chat#x", "/#x"],
    ["/chatter", null],
    ["/", null],
    ["/search", null],
  ] as const) {
    expect(within(path, "/chat")).toBe(place);
  }
});

test("no link, request or asset is written as if the app lived at the root", () => {
  const absolute = /(?:href=|src=|fetch\(|action=)(?:\{?[`"']\/)|location\.pathname/;
  const found = files
    .filter((file) => file !== "lib/base.ts")
    .flatMap((file) => readFileSync(join(src, file), "utf8").split("\n").filter((line) => absolute.test(line)).map((line) => `${file}: ${line.trim()}`));
  expect(found).toEqual([]);
});
