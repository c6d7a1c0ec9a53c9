import { expect, test } from "vitest";
import type { Conversation } from "../src/lib/wire";
import { inOrderOf, isWaiting, neighbour, sectionsOf, type ListView, type Section } from "../src/lib/sections";
import { room } from "./support";

const named = (id: string, more: Partial<Conversation> = {}) => room({ id, ...more });
const list = [
  named("group"),
  named("muted", { muted: true, unread: 9 }),
  named("called", { unread: 9, mentions: 1 }),
  named("direct", { isGroup: false, unread: 2 }),
  named("quiet", { isGroup: false, unread: 2, muted: true }),
  named("read", { isGroup: false }),
  named("pinned", { pinned: true, mentions: 3, unread: 3 }),
  named("away", { archived: true, unread: 1 }),
];
const words = (sections: readonly Section[]) =>
  sections.map((section) => `${section.id}: ${section.rooms.map((each) => each.id).join(" ")}`);
const of = (view: ListView, openId: string | null = null) => words(sectionsOf(list, view, openId));

test("what waits for one stands first, what is pinned stays in its place, what was put away is gone", () => {
  expect(of("all")).toEqual(["waiting: called direct", "pinned: pinned", "earlier: group muted quiet read"]);
  expect(of("archived")).toEqual(["archived: away"]);
});

test("muted conversations want one only by name", () => {
  expect(isWaiting(named("a", { isGroup: false, muted: true, unread: 3 }))).toBe(false);
  expect(isWaiting(named("a", { muted: true, unread: 3, mentions: 1 }))).toBe(true);
  expect(isWaiting(named("a", { unread: 3 }))).toBe(false);
});

test("views", () => {
  expect(of("groups")).toEqual(["waiting: called", "pinned: pinned", "earlier: group muted"]);
  expect(of("people")).toEqual(["waiting: direct", "earlier: quiet read"]);
  expect(of("unread")).toEqual(["waiting: called direct", "pinned: pinned", "earlier: muted quiet"]);
  expect(of("unread", "read").at(-1)).toBe("earlier: muted quiet read");
});

test("an order that is held keeps its places with what is known now; what is new stands at the end", () => {
  const before = sectionsOf([named("a"), named("b"), named("c")], "all", null);
  const now = [named("new", { isGroup: false, unread: 1 }), named("c", { unread: 2 }), named("a"), named("old")];
  const held = inOrderOf(before, sectionsOf(now, "all", null), new Map(now.map((each) => [each.id, each])));
  expect(words(held)).toEqual(["earlier: a c old new"]);
  expect(held[0]?.rooms[1]?.unread).toBe(2);
  expect(words(inOrderOf([], before, new Map()))).toEqual(words(before));
});

test("a part of the list that comes later stands in its place while the order is held", () => {
  const before = sectionsOf([named("1"), named("2"), named("8"), named("9")], "all", null);
  const now = ["0", "2", "1", "3", "4", "8", "9", "10"].map((id) => named(id));
  const held = inOrderOf(before, sectionsOf(now, "all", null), new Map(now.map((each) => [each.id, each])));
  expect(words(held)).toEqual(["earlier: 1 2 3 4 8 9 10 0"]);
});

test("the next one, the one before, the next unread", () => {
  const sections = sectionsOf(list, "all", null);
  const go = (from: string | null, step: 1 | -1, unread = false) => neighbour(sections, from, step, unread)?.id;
  expect(go("called", 1)).toBe("direct");
  expect(go("called", -1)).toBe("read");
  expect(go(null, 1)).toBe("called");
  expect(go(null, -1)).toBe("read");
  expect(go("direct", 1, true)).toBe("pinned");
  expect(go("pinned", 1, true)).toBe("muted");
  expect(go("called", -1, true)).toBe("quiet");
  expect(neighbour(sectionsOf([named("a")], "all", null), "a", 1, false)).toBeUndefined();
});
