import { effect, signal } from "@preact/signals";
import { expect, test } from "vitest";
import { Pace } from "../src/state/pace";
import { TestClock } from "./support";

function paced() {
  const clock = new TestClock();
  const seen = signal<readonly number[]>([]);
  let draws = -1;
  effect(() => void (seen.value, (draws += 1)));
  const pace = new Pace(clock.after);
  const take = (n: number) => pace.run(() => (seen.value = [...seen.value, n]));
  return { clock, pace, take, seen, draws: () => draws };
}

test("the first is taken at once, what follows soon after in one step and in order", () => {
  const { clock, take, seen, draws } = paced();
  for (let n = 1; n <= 5; n += 1) take(n);
  expect([seen.value, draws()]).toEqual([[1], 1]);
  clock.advance(200);
  expect([seen.value, draws()]).toEqual([[1, 2, 3, 4, 5], 2]);
  clock.advance(1_000);
  take(6);
  expect(seen.value.at(-1)).toBe(6);
});

test("fifty a second are a few steps a second, and none is lost", () => {
  const { clock, take, seen, draws } = paced();
  for (let n = 0; n < 50; n += 1) {
    take(n);
    clock.advance(20);
  }
  clock.advance(1_000);
  expect(seen.value).toEqual(Array.from({ length: 50 }, (_, n) => n));
  expect(draws()).toBeLessThan(12);
});

test("a flood is taken in parts, in order, and soon all of it", () => {
  const { clock, take, seen } = paced();
  for (let n = 0; n < 201; n += 1) take(n);
  const sizes: number[] = [];
  for (let before = 1; before < 201 && sizes.length < 50; before = seen.value.length) {
    clock.advance(120);
    sizes.push(seen.value.length - before);
  }
  expect(sizes[0]).toBe(50);
  expect(sizes.every((size, at) => at === 0 || size <= (sizes[at - 1] ?? 0))).toBe(true);
  expect(sizes.length).toBeLessThan(15);
  expect(seen.value).toEqual(Array.from({ length: 201 }, (_, n) => n));
});

test("what must not overtake has the rest done before it; what is cleared is gone", () => {
  const { clock, pace, take, seen } = paced();
  take(1);
  take(2);
  pace.flush();
  expect(seen.value).toEqual([1, 2]);
  take(3);
  pace.clear();
  clock.advance(1_000);
  expect(seen.value).toEqual([1, 2]);
});
