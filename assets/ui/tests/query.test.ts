import { expect, test } from "vitest";
import { suggestionsFor } from "../src/lib/complete";
import { calls } from "../src/lib/match";
import { filterText, nameWords, parseQuery, queryText, searchable, tokenAt } from "../src/lib/query";
import { snippetOf } from "../src/lib/snippet";

const parts = (text: string, all?: boolean) => {
  const { filters, words } = parseQuery(text, all);
  return [filters.map(filterText), words];
};

test("an address is read into filters and words, wherever they stand", () => {
  expect(parts('from:wren has:image after:2026-10 "garden party" -rain')).toEqual([["from:wren", "has:image", "after:2026-10"], '"garden party" -rain']);
  expect(parts("rain from:Wren gauge")).toEqual([["from:Wren"], "rain gauge"]);
  expect(parts('in:"Book club" tea ')).toEqual([['in:"Book club"'], "tea "]);
  expect(parts("FROM： wren")).toEqual([["from:wren"], ""]);
  expect(parts("in:“Book club”x")).toEqual([['in:"Book club"'], "x"]);
});

test("what only looks like an operator stays words", () => {
  for (const text of ["http://example.org", "std::vec", "12:30", "note:this", "on::change", '"from:wren tea"', "-from:wren", "from:", "begin:x"]) {
    expect(parts(text)).toEqual([[], text]);
  }
});

test("while typing, a piece is taken only when it is finished", () => {
  expect(parts("from:wr", false)).toEqual([[], "from:wr"]);
  expect(parts("from:wren ", false)).toEqual([["from:wren"], ""]);
  expect(parts('in:"Book cl', false)).toEqual([[], 'in:"Book cl']);
  expect(parts('in:"Book club"', false)).toEqual([['in:"Book club"'], ""]);
  expect(parts("rain from:wren gauge", false)).toEqual([["from:wren"], "rain gauge"]);
});

test("a search is written as it was read; the space at its end is kept, since it finishes a word", () => {
  for (const text of ["gard ", "gard", 'from:wren in:"Book club" tea ', "from:wren"]) expect(queryText(parseQuery(text))).toBe(text);
  expect(queryText({ filters: [{ op: "in", value: 'The "old" barn' }], words: "" })).toBe('in:"The old barn"');
});

test("the piece at the caret is what is completed, and says nothing before it is known", () => {
  expect(tokenAt("rain from:wr", 12)).toEqual({ op: "from", value: "wr", start: 5, end: 12 });
  expect(tokenAt("rain from:wr", 3)).toBeNull();
  expect(tokenAt("has:", 4)).toMatchObject({ op: "has", value: "" });
  expect(searchable("rain from:wr", tokenAt("rain from:wr", 12), ["wren"])).toBe("rain ");
  expect(searchable("rain from:wren", tokenAt("rain from:wren", 14), ["wren"])).toBe("rain from:wren");
  expect(searchable("on:2026-1", tokenAt("on:2026-1", 9), [])).toBe("on:2026-1");
  expect(searchable("on:202", tokenAt("on:202", 6), [])).toBe("");
});

test("names are looked for by the words alone", () => {
  expect(nameWords('"Wren" cal* -rain')).toBe("Wren cal");
});

const say = (key: string) => ({ me: "You", thisMonth: "This month", lastMonth: "Last month", image: "A picture" })[key] ?? key;
const names = { people: [{ username: "jiri", displayName: "Jiří Novák" }, { username: "misaki", displayName: "佐藤 美咲" }], rooms: ["Book club", "Allotment 14"] };
const offered = (op: "from" | "in" | "has" | "on", value: string) => suggestionsFor({ op, value }, names, new Date(2026, 0, 5), say).map((each) => each.value);

test("people are offered by any beginning of their names, conversations by words of their titles", () => {
  expect(offered("from", "")).toEqual(["me", "jiri", "misaki"]);
  expect(offered("from", "nov")).toEqual(["jiri"]);
  expect(offered("from", "美咲")).toEqual(["misaki"]);
  expect(offered("in", "club bo")).toEqual(["Book club"]);
});

test("kinds are offered by both their names, days with the turn of the year", () => {
  expect(offered("has", "im")).toEqual(["image"]);
  expect(offered("has", "pict")).toEqual(["image"]);
  expect(offered("on", "")).toEqual(["today", "yesterday", "2026-01", "2025-12", "2026", "2025"]);
  expect(offered("on", "2025-")).toEqual(["2025-12"]);
});

test("somebody is called by beginnings of words, without accents and capitals", () => {
  expect(calls("cal wr", "Wren Calloway")).toBe(true);
  expect(calls("NOVAK", "Jiří Novák")).toBe(true);
  expect(calls("藤", "佐藤 美咲")).toBe(true);
  expect(calls("loway", "Wren Calloway")).toBe(false);
  expect(calls("", "anybody")).toBe(true);
});

const drawn = (content: string, marks: [number, number][]) => snippetOf(content, marks).map((run) => (run.marked ? `[${run.text}]` : run.text)).join("");

test("a snippet shows the first mark within its words", () => {
  expect(drawn("a rain gauge", [[2, 6]])).toBe("a [rain] gauge");
  const long = `${"word ".repeat(100)}needle${" tail".repeat(200)}`;
  const text = drawn(long, [[500, 506]]);
  expect(text).toMatch(/^… word .*\[needle\] tail.* …$/);
  expect(text.length).toBeLessThan(360);
});

test("a snippet never tears a character, and forgives marks that make no sense", () => {
  const family = "👩‍👩‍👧";
  const text = drawn(`${family.repeat(40)} needle ${family.repeat(60)}`, [[family.length * 40 + 1, family.length * 40 + 7]]);
  expect(text).toContain("[needle]");
  expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  expect(drawn("short", [[3, 2], [0, 99], [1, 3]])).toBe("s[ho]rt");
  expect(drawn("雨量計の写真", [[0, 2], [4, 6]])).toBe("[雨量]計の[写真]");
  expect(drawn("a\n\nb", [])).toBe("a b");
  expect(drawn("the rain gauge", [[4, 8], [9, 14]])).toBe("the [rain gauge]");
});
