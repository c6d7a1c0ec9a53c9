import { expect, test } from "vitest";
import { deviceOf } from "../src/lib/device";
import { countChars, initials, stockOf, toUsername } from "../src/lib/names";

test.each([
  ["Wren Calloway", "WC"],
  ["amara", "A"],
  ["佐藤 美咲", "佐"],
  ["Nadezhda Maria Kowalczyk-Brandt", "NK"],
  ["ليلى حداد", "ل\u200cح"],
  ["👩🏽‍🌾", "👩🏽‍🌾"],
  ["🦊 Fox Ferreira", "FF"],
  ["", "?"],
])("initials of %j", (name, expected) => expect(initials(name)).toBe(expected));

test.each([
  ["Wren Calloway", "wren.calloway"],
  ["  Jiří   Novák ", "jiří.novák"],
  ["..dots_and-dashes", "dots_and-dashes"],
  ["佐藤 美咲", "佐藤.美咲"],
  ["<script>", "script"],
  ["🙂", ""],
  ["a".repeat(40), "a".repeat(32)],
])("sign-in name of %j", (name, expected) => {
  expect(toUsername(name)).toBe(expected);
  expect(toUsername(expected)).toBe(expected);
});

test("paper stocks are six and stay", () => {
  const stocks = new Set(Array.from({ length: 200 }, (_, i) => stockOf(`user-${i}`)));
  expect([...stocks].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(stockOf("user-1")).toBe(stockOf("user-1"));
});

test("characters are counted as the server counts them", () => {
  expect(countChars("é文👍")).toBe(3);
});

test("devices", () => {
  expect(deviceOf("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")).toEqual({ browser: "Chrome", system: "Linux" });
  expect(deviceOf("curl/8")).toEqual({ browser: null, system: null });
});
