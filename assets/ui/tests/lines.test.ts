import { expect, test } from "vitest";
import { leavesOf, lineOf, rowsOf, sameRow, type Row } from "../src/lib/lines";
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

test("the same lines are on the same leaf, whatever comes and goes around them; days stand with the line below", () => {
  const lines = Array.from({ length: 200 }, (_, i) => lineOf(message(i)));
  const rows = (from: number, to: number) => rowsOf(lines.slice(from, to + 1), null, "me");
  const on = (leaves: ReturnType<typeof leavesOf>, seq: number) => leaves.find((leaf) => leaf.rows.some((row) => row.kind === "line" && row.line.seq === seq));
  const before = leavesOf(rows(50, 149));
  const after = leavesOf(rows(40, 155));
  for (let seq = 60; seq < 140; seq += 1) {
    expect(on(after, seq)?.key).toBe(on(before, seq)?.key);
    expect(on(after, seq)?.rows.every((row, at) => sameRow(row, on(before, seq)?.rows[at]))).toBe(true);
  }
  expect(after.flatMap((leaf) => leaf.rows)).toHaveLength(rows(40, 155).length);
  expect(after[0]?.rows[0]?.kind).toBe("day");
  const waiting = { ...lineOf(message(150)), seq: null, key: "w" };
  const [last, stored] = [leavesOf(rowsOf([...lines.slice(141, 150), waiting], null, "me")), leavesOf(rows(141, 150))];
  expect(last.at(-1)?.key, "a line stays on its leaf when it is stored").toBe(stored.at(-1)?.key);
});

test("a row that looks different is another one", () => {
  const line = lineOf(message(1));
  const row = { kind: "line", key: line.key, line, start: true } as const;
  expect(sameRow(row, { ...row })).toBe(true);
  expect(sameRow(row, { ...row, start: false })).toBe(false);
  expect(sameRow(row, { ...row, line: { ...line } })).toBe(false);
  expect(sameRow({ kind: "new", key: "new", count: 1 }, { kind: "new", key: "new", count: 2 })).toBe(false);
  expect(sameRow(row, undefined)).toBe(false);
});
