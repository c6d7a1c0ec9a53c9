import { beforeEach, expect, test, vi } from "vitest";
import { Reconnector } from "../src/state/reconnector";
import { TestClock } from "./support";

let clock: TestClock;
let connect: ReturnType<typeof vi.fn<() => void>>;
let random: number;
let link: Reconnector;

beforeEach(() => {
  clock = new TestClock();
  connect = vi.fn<() => void>();
  random = 0.999_999;
  link = new Reconnector({ connect, now: () => clock.now, random: () => random, after: clock.after });
});

test("tries at once, and again after growing delays with a ceiling", () => {
  link.start();
  expect(connect).toHaveBeenCalledTimes(1);
  const delays: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    link.failed();
    delays.push(link.retryAt.value - clock.now);
    clock.advance(link.retryAt.value - clock.now);
    expect(connect).toHaveBeenCalledTimes(i + 2);
  }
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test("the delay is spread over half of itself", () => {
  random = 0;
  link.start();
  link.failed();
  expect(link.retryAt.value).toBe(500);
});

test("a standing connection forgets the past", () => {
  link.start();
  link.failed();
  clock.advance(1_000);
  link.failed();
  clock.advance(2_000);
  link.opened();
  expect(link.downSince.value).toBeNull();
  link.failed();
  expect(link.retryAt.value - clock.now).toBe(1_000);
  expect(link.downSince.value).toBe(clock.now);
});

test("since when is counted from the first failure", () => {
  link.start();
  link.opened();
  clock.advance(5_000);
  link.failed();
  clock.advance(1_000);
  link.failed();
  expect(link.downSince.value).toBe(5_000);
});

test("try now tries once, and not while a try is under way", () => {
  link.start();
  link.tryNow();
  expect(connect).toHaveBeenCalledTimes(1);
  link.failed();
  link.tryNow();
  clock.advance(60_000);
  expect(connect).toHaveBeenCalledTimes(2);
});

test("a lost connection and a failed try at the same time are one", () => {
  link.start();
  link.failed();
  link.failed();
  clock.advance(1_000);
  expect(connect).toHaveBeenCalledTimes(2);
});

test("stopped, nothing is tried any more", () => {
  link.start();
  link.failed();
  link.stop();
  link.failed();
  link.opened();
  clock.advance(60_000);
  expect(connect).toHaveBeenCalledTimes(1);
  expect(link.phase.value).toBe("idle");
});
