import { expect, test } from "vitest";
import { lineOf, rowsOf, type Row } from "../src/lib/lines";
import { message } from "./support";

/** `day`, `new 2`, `1*` (first of a group), `2`. */
const drawn = (rows: Row[]) =>
  rows.map((row) => (row.kind === "day" ? "day" : row.kind === "new" ? `new ${row.count}` : `${row.line.seq}${row.start ? "*" : ""}`));
const at = (seq: number, minutes: number, senderId = "u1") =>
  lineOf(message(seq, { senderId, createdAt: new Date(Date.UTC(2026, 5, 12, 12, minutes)).toISOString() }));

test("one author within five minutes is one group", () => {
  expect(drawn(rowsOf([at(1, 0), at(2, 4), at(3, 9), at(4, 9, "u2"), at(5, 9)], null, "me"))).toEqual(["day", "1*", "2", "3*", "4*", "5*"]);
});

test("a new day gets a heading and starts a group", () => {
  const next = lineOf(message(2, { createdAt: new Date(Date.UTC(2026, 5, 14, 12)).toISOString() }));
  expect(drawn(rowsOf([at(1, 0), next], null, "me"))).toEqual(["day", "1*", "day", "2*"]);
});

test("the divider stands above the first unread line of another, and counts only others", () => {
  const lines = [at(1, 0), at(2, 1), at(3, 1, "me"), at(4, 2)];
  expect(drawn(rowsOf(lines, { from: 2, count: null }, "me"))).toEqual(["day", "1*", "new 2", "2*", "3*", "4*"]);
  expect(drawn(rowsOf([at(1, 0), at(2, 1, "me")], { from: 2, count: null }, "me"))).toEqual(["day", "1*", "2*"]);
});

test("the divider says how many are new although not all are loaded", () => {
  expect(drawn(rowsOf([at(1, 0), at(2, 1)], { from: 2, count: 130 }, "me"))).toEqual(["day", "1*", "new 130", "2*"]);
});

test("a line keeps its key when it is stored", () => {
  expect(lineOf(message(9, { clientId: "abc" })).key).toBe("abc");
});
