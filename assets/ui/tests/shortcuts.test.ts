import { expect, test } from "vitest";
import { capsOf, isShortcut, SHORTCUTS, type Keys } from "../src/lib/shortcuts";
import { t } from "../src/lib/text";

const press = (keys: Partial<Keys>): Keys => ({ key: "", code: "", ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...keys });

test("a shortcut is its keys and no others", () => {
  expect(isShortcut(press({ key: "k", ctrlKey: true }), "go")).toBe(true);
  expect(isShortcut(press({ key: "k", metaKey: true }), "go")).toBe(true);
  expect(isShortcut(press({ key: "k" }), "go")).toBe(false);
  expect(isShortcut(press({ key: "K", ctrlKey: true, shiftKey: true }), "go")).toBe(false);
  expect(isShortcut(press({ key: "k", ctrlKey: true, altKey: true }), "go")).toBe(false);
  expect(isShortcut(press({ key: "F", ctrlKey: true, shiftKey: true }), "search")).toBe(true);
  expect(isShortcut(press({ key: "f", ctrlKey: true }), "search")).toBe(false);
});

test("a letter is found at its place on keyboards of other scripts", () => {
  expect(isShortcut(press({ key: "л", code: "KeyK", ctrlKey: true }), "go")).toBe(true);
});

test("a sign is found wherever the keyboard has it", () => {
  expect(isShortcut(press({ key: "?", shiftKey: true }), "keysToo")).toBe(true);
  expect(isShortcut(press({ key: "/", ctrlKey: true, shiftKey: true }), "keys")).toBe(true);
  expect(isShortcut(press({ key: "/", ctrlKey: true }), "keys")).toBe(true);
  expect(isShortcut(press({ key: "/" }), "keys")).toBe(false);
});

test("keys are written as they stand on the keyboard", () => {
  const caps = (id: string, mac: boolean) => capsOf(SHORTCUTS.find((each) => each.id === id)!, mac, t);
  expect(caps("search", false)).toEqual([["Ctrl"], ["Shift"], ["F"]]);
  expect(caps("search", true)).toEqual([["⌘"], ["⇧"], ["F"]]);
  expect(caps("keys", false)).toEqual([["Ctrl"], ["/"]]);
  expect(caps("pictureMove", false)).toEqual([["←", "→"]]);
  expect(caps("close", true)).toEqual([["Esc"]]);
});

test("no two shortcuts of one place are the same keys, and no letter alone is one", () => {
  const written = SHORTCUTS.map((each) => `${each.where} ${each.keys.join("+")}`);
  expect(new Set(written).size).toBe(written.length);
  expect(SHORTCUTS.filter((each) => each.keys.length === 1 && /^[a-z]$/.test(each.keys[0]))).toEqual([]);
});
