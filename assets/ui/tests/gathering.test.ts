import { beforeEach, expect, test } from "vitest";
import { Gathering, type Gathered } from "../src/state/gathering";
import { message, TestClock } from "./support";

let clock: TestClock;
let shown: Gathered[];
let lines: Gathering;

beforeEach(() => {
  clock = new TestClock();
  shown = [];
  lines = new Gathering({ now: () => clock.now, after: clock.after, show: (notice) => shown.push(notice) });
});

const said = () => shown.map(({ message: { seq }, aloud }) => `${seq}${aloud ? ", aloud" : ""}`);

test("the first line is shown at once, a flood after it together and quietly", () => {
  for (let seq = 1; seq <= 500; seq += 1) {
    lines.add(message(seq), false);
    clock.advance(20);
  }
  expect(said()).toEqual(["1, aloud", "150", "300", "450"]);
  clock.advance(60_000);
  expect(said().slice(4)).toEqual(["500"]);
  expect(lines.seq).toBe(500);
});

test("who is named is told aloud, with the lines around it", () => {
  lines.add(message(1), false);
  lines.add(message(2), true);
  lines.add(message(3), false);
  expect(said()).toEqual(["1, aloud"]);
  clock.advance(3_000);
  lines.add(message(4), false);
  clock.advance(3_000);
  expect(said().slice(1)).toEqual(["3, aloud", "4"]);
});

test("after a lull the next line is news again", () => {
  lines.add(message(1), false);
  clock.advance(29_999);
  lines.add(message(2), false);
  clock.advance(30_000);
  lines.add(message(3), false);
  expect(said()).toEqual(["1, aloud", "2", "3, aloud"]);
});

test("a notice that is gone says nothing more", () => {
  lines.add(message(1), false);
  lines.add(message(2), false);
  lines.end();
  clock.advance(60_000);
  expect(said()).toEqual(["1, aloud"]);
});
