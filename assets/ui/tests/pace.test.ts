import { effect, signal } from "@preact/signals";
import { expect, test } from "vitest";
import { Pace } from "../src/state/pace";
import { TestClock } from "./support";

function paced() {
  const clock = new TestClock();
  const seen = signal<readonly number[]>([]);
  let draws = -1;
  effect(() => void (seen.value, (draws += 1)));
  const frames: (() => void)[] = [];
  const pace = new Pace(clock.after, () => new Promise((done) => void frames.push(done)));
  const take = (n: number) => pace.run(() => (seen.value = [...seen.value, n]));
  /** The page is drawn. */
  const frame = async () => {
    frames.splice(0).forEach((done) => done());
    await Promise.resolve();
  };
  return { clock, pace, take, seen, draws: () => draws, frame };
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

test("a flood is taken in small steps, each when the one before it was drawn, in order", async () => {
  const { clock, take, seen, frame } = paced();
  for (let n = 0; n < 201; n += 1) take(n);
  clock.advance(1_000);
  expect(seen.value.length).toBe(11);
  for (let step = 1; step < 20; step += 1) {
    await frame();
    clock.advance(1_000);
    expect(seen.value.length).toBe(11 + step * 10);
  }
  expect(seen.value).toEqual(Array.from({ length: 201 }, (_, n) => n));
  clock.advance(120);
  take(201);
  expect(seen.value.at(-1)).toBe(201);
});

test("what comes faster than it can be drawn in small steps is taken in larger ones, and caught up with", async () => {
  const { clock, take, seen, frame } = paced();
  let told = 0;
  const come = (count: number) => {
    for (const end = told + count; told < end; told += 1) take(told);
  };
  come(1);
  clock.advance(50);
  come(1_000);
  clock.advance(120);
  let most = 0;
  for (let step = 0; step < 200; step += 1) {
    come(25);
    await frame();
    most = Math.max(most, told - seen.value.length);
  }
  expect(most).toBeLessThan(1_000);
  expect(told - seen.value.length).toBeLessThan(600);
});

test("a task knows whether it is one of many", () => {
  const { clock, pace } = paced();
  const crowds: boolean[] = [];
  const come = (count: number) => {
    for (let n = 0; n < count; n += 1) pace.run(() => crowds.push(pace.crowded));
    clock.advance(120);
  };
  come(1);
  come(3);
  expect(crowds).toEqual([false, false, false, false]);
  come(4);
  expect(crowds.slice(4)).toEqual([true, true, true, true]);
  expect(pace.crowded).toBe(false);
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
