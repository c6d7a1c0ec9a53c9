import { beforeEach, expect, test, vi } from "vitest";
import { clearToasts, dismissToast, putAwayToast, runToast, saidToast, toast, toasts } from "../src/state/toasts";

const texts = () => toasts.value.map((each) => each.text);

beforeEach(() => {
  toasts.value = [];
});

test("a short stack: the oldest goes", () => {
  for (const text of ["one", "two", "three", "four"]) toast({ text });
  expect(texts()).toEqual(["two", "three", "four"]);
});

test("the same words are not said twice", () => {
  toast({ text: "one" });
  toast({ text: "two" });
  const again = toast({ text: "one" });
  expect(texts()).toEqual(["two", "one"]);
  dismissToast(again);
  expect(texts()).toEqual(["two"]);
});

test("undo takes back the newest that can be taken back, once", () => {
  const first = vi.fn();
  const second = vi.fn();
  toast({ text: "one", action: { label: "Undo", run: first } });
  toast({ text: "two", action: { label: "Undo", run: second } });
  toast({ text: "said" });
  expect(runToast()).toBe(true);
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
  expect(texts()).toEqual(["one", "said"]);
  expect(runToast()).toBe(true);
  expect(runToast()).toBe(false);
  expect(first).toHaveBeenCalledOnce();
});

test("what stays is pushed out by nothing but its like, and is nothing to take back", () => {
  const look = vi.fn();
  for (const text of ["a", "b"]) toast({ text, stays: true, action: { label: "Look", run: look } });
  for (const text of ["one", "two"]) toast({ text });
  expect(texts()).toEqual(["a", "b", "two"]);
  expect(runToast()).toBe(false);
  for (const text of ["c", "d"]) toast({ text, stays: true });
  expect(texts()).toEqual(["b", "c", "d"]);
  expect(look).not.toHaveBeenCalled();
});

test("Escape puts away what would go by itself, the newest first, and never what stays", () => {
  const onAway = vi.fn();
  toast({ text: "one" });
  toast({ text: "two" });
  toast({ text: "a", stays: true, onAway });
  expect([putAwayToast(), texts()]).toEqual([true, ["one", "a"]]);
  expect([putAwayToast(), texts()]).toEqual([true, ["a"]]);
  expect([putAwayToast(), texts()]).toEqual([false, ["a"]]);
  expect(onAway).not.toHaveBeenCalled();
});

test("each is said once: one that is left under a newer one is not said again", () => {
  toast({ text: "a", stays: true });
  expect(saidToast()?.text).toBe("a");
  const newer = toast({ text: "one" });
  expect(saidToast()?.text).toBe("one");
  dismissToast(newer);
  expect(texts()).toEqual(["a"]);
  expect(saidToast()).toBeUndefined();
});

test("what was said to somebody who has left is gone, and was not taken note of", () => {
  const onAway = vi.fn();
  toast({ text: "a", stays: true, onAway });
  clearToasts();
  expect(texts()).toEqual([]);
  expect(onAway).not.toHaveBeenCalled();
});

test("who wants to know hears once that a notice was put away", () => {
  const onAway = vi.fn();
  const id = toast({ text: "one", onAway });
  dismissToast(id);
  dismissToast(id);
  expect(onAway).toHaveBeenCalledOnce();
});
