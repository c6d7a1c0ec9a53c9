import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { standing } from "../src/state/standing";
import { TestClock } from "./support";

function told() {
  const clock = new TestClock();
  const now = signal(0);
  const seen = standing(now, clock.after);
  const set = (n: number, ms: number) => {
    now.value = n;
    clock.advance(ms);
    return seen.value;
  };
  return { set };
}

test("what stays unread is told after a moment, what was read at once", () => {
  const { set } = told();
  expect(set(2, 100)).toBe(0);
  expect(set(2, 400)).toBe(2);
  expect(set(1, 0)).toBe(1);
  expect(set(0, 0)).toBe(0);
});

test("lines that are read as they come are never told, those that stay beside them are", () => {
  const { set } = told();
  for (let step = 0; step < 50; step += 1) {
    expect(set(6, 30)).toBe(0);
    expect(set(0, 90)).toBe(0);
  }
  expect(set(2, 1_000)).toBe(2);
  for (let step = 0; step < 50; step += 1) {
    expect(set(8, 30)).toBe(2);
    expect(set(2, 90)).toBe(2);
  }
});

test("a flood that nobody reads is told while it comes, and in the end all of it", () => {
  const { set } = told();
  let before = 0;
  for (let n = 1; n <= 200; n += 1) {
    const seen = set(n, 20);
    expect(seen).toBeGreaterThanOrEqual(Math.max(before, n - 40));
    expect(seen).toBeLessThanOrEqual(n);
    before = seen;
  }
  expect(set(200, 1_000)).toBe(200);
});
