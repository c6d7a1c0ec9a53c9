import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Gather } from "../src/lib/gather";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first is done at once, what comes soon after it together, however long it goes on", () => {
  const work = vi.fn(() => true);
  const gather = new Gather(work, 300);
  gather.ask();
  gather.ask();
  vi.advanceTimersByTime(0);
  expect(work).toHaveBeenCalledTimes(1);
  for (let n = 0; n < 60; n += 1) {
    gather.ask();
    vi.advanceTimersByTime(10);
  }
  expect(work).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(1_000);
  gather.ask();
  vi.advanceTimersByTime(0);
  expect(work).toHaveBeenCalledTimes(4);
});

test("what had nothing to do lets nothing wait", () => {
  const work = vi.fn(() => false);
  const gather = new Gather(work, 300);
  for (let n = 0; n < 3; n += 1) {
    gather.ask();
    vi.advanceTimersByTime(1);
  }
  expect(work).toHaveBeenCalledTimes(3);
});

test("what waits can be done now or forgotten; where nothing waits nothing is done", () => {
  const work = vi.fn(() => true);
  const gather = new Gather(work, 300);
  gather.flush();
  expect(work).not.toHaveBeenCalled();
  gather.ask();
  gather.flush();
  expect(work).toHaveBeenCalledTimes(1);
  gather.ask();
  gather.drop();
  vi.advanceTimersByTime(1_000);
  gather.flush();
  expect(work).toHaveBeenCalledTimes(1);
});
