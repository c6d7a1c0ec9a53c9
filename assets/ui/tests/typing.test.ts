import { beforeEach, expect, test } from "vitest";
import { TypingSignal, TypingTracker } from "../src/state/typing";
import { TestClock } from "./support";

let clock: TestClock;
beforeEach(() => (clock = new TestClock()));
const amara = { userId: "a", userName: "Amara" };
const jiri = { userId: "j", userName: "Jiří" };

test("typists stand in the order in which they began, each once", () => {
  const tracker = new TypingTracker(clock.after);
  tracker.started("c", amara);
  tracker.started("c", jiri);
  tracker.started("c", amara);
  expect(tracker.in("c")).toEqual([amara, jiri]);
  expect(tracker.in("other")).toEqual([]);
  tracker.stopped("c", "a");
  expect(tracker.in("c")).toEqual([jiri]);
});

test("a typist who vanishes is forgotten, one who goes on is not", () => {
  const tracker = new TypingTracker(clock.after);
  tracker.started("c", amara);
  tracker.started("c", jiri);
  clock.advance(3_000);
  tracker.started("c", jiri);
  clock.advance(1_500);
  expect(tracker.in("c")).toEqual([jiri]);
  clock.advance(4_000);
  expect(tracker.in("c")).toEqual([]);
});

test("clearing leaves no timer that would speak later", () => {
  const tracker = new TypingTracker(clock.after);
  tracker.started("c", amara);
  tracker.clear();
  tracker.started("c", amara);
  clock.advance(3_900);
  expect(tracker.in("c")).toEqual([amara]);
});

test("many keystrokes make few starts and one stop", () => {
  const told: string[] = [];
  const mine = new TypingSignal((event) => told.push(`${clock.now} ${event}`), clock.after);
  for (let i = 0; i < 45; i += 1) {
    mine.touch();
    clock.advance(100);
  }
  clock.advance(10_000);
  expect(told).toEqual(["0 typing-start", "2000 typing-start", "4000 typing-start", "6900 typing-stop"]);
});

test("sending stops at once and says so once", () => {
  const told: string[] = [];
  const mine = new TypingSignal((event) => told.push(event), clock.after);
  mine.stop();
  mine.touch();
  mine.stop();
  mine.stop();
  clock.advance(10_000);
  mine.touch();
  expect(told).toEqual(["typing-start", "typing-stop", "typing-start"]);
});
