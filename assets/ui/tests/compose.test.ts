import { expect, test } from "vitest";
import { callingAt, endedCode, inCode, inFence, isAddress, isLongPaste, linkEdit, newLineEdit, wrapEdit, type Edit, type Writing } from "../src/lib/compose";

/** `a [b] c` is a text with b selected; `|` is a caret. */
function at(drawn: string): Writing {
  if (drawn.includes("|")) return { text: drawn.replace("|", ""), from: drawn.indexOf("|"), to: drawn.indexOf("|") };
  return { text: drawn.replace(/[⟦⟧]/g, ""), from: drawn.indexOf("⟦"), to: drawn.indexOf("⟧") - 1 };
}
function after(writing: Writing, edit: Edit | null): string | null {
  if (edit === null) return null;
  const text = writing.text.slice(0, edit.start) + edit.insert + writing.text.slice(edit.end);
  if (edit.from === edit.to) return `${text.slice(0, edit.from)}|${text.slice(edit.from)}`;
  return `${text.slice(0, edit.from)}⟦${text.slice(edit.from, edit.to)}⟧${text.slice(edit.to)}`;
}

test.each([
  ["a ⟦b⟧ c", "**", "a **⟦b⟧** c"],
  ["a **⟦b⟧** c", "**", "a ⟦b⟧ c"],
  ["a ⟦**b**⟧ c", "**", "a ⟦b⟧ c"],
  ["a **⟦b⟧** c", "*", "a ***⟦b⟧*** c"],
  ["a ***⟦b⟧*** c", "*", "a **⟦b⟧** c"],
  ["a⟦ b ⟧c", "*", "a *⟦b⟧* c"],
  ["a | c", "`", "a `|` c"],
  ["⟦a\nb⟧", "**", "**⟦a\nb⟧**"],
])("%s with %s is %s", (before, mark, expected) => {
  expect(after(at(before), wrapEdit(at(before), mark))).toBe(expected);
});

test("a link over what is selected", () => {
  expect(after(at("see ⟦this⟧!"), linkEdit(at("see ⟦this⟧!")))).toBe("see [this](⟦https://⟧)!");
  expect(after(at("see ⟦this⟧!"), linkEdit(at("see ⟦this⟧!"), "https://a.example"))).toBe("see [this](https://a.example)|!");
  expect(["https://a.example/x", " http://a ", "javascript:x", "https://a b", "a.example"].map(isAddress)).toEqual([true, true, false, false, false]);
});

test.each([
  ["- a|", "- a\n- |"],
  ["x\n  9. a|", "x\n  9. a\n  10. |"],
  ["> a|", "> a\n> |"],
  ["> > a|b", "> > a\n> > |b"],
  ["- a\n- |", "- a\n|"],
  ["- |", "|"],
  ["a|", null],
  ["-|", null],
  ["```\n- a|", null],
])("a new line after %j is %j", (before, expected) => {
  expect(after(at(before), newLineEdit(at(before)))).toBe(expected);
});

test.each([
  ["|```\na", true], ["```|", true], ["```js\nlet |x", true], ["```\na\n```|", false], ["```\na\n```\n|", false], ["a|\n```\n", false], ["~~~\n```\n|", true], ["a ``` b|", false],
])("%j stands in a fence: %s", (drawn, expected) => {
  const { text, from } = at(drawn);
  expect(inFence(text, from)).toBe(expected);
});

test("what is called for", () => {
  const calling = (drawn: string) => {
    const { text, from } = at(drawn);
    const it = callingAt(text, from);
    return it === null ? null : `${it.kind} ${it.typed} ${it.start}`;
  };
  expect(calling("hi @|")).toBe("name  3");
  expect(calling("(@Wr|en")).toBe("name Wr 1");
  expect(calling("@jiří.n|")).toBe("name jiří.n 0");
  expect(calling("mail a@b|")).toBe(null);
  expect(calling("`@a|")).toBe(null);
  expect(calling("```\n@a|")).toBe(null);
  expect(calling(":sm|")).toBe("emoji sm 0");
  expect(calling("🎉:sm|")).toBe("emoji sm 2");
  for (const none of [":s|", ":-)|", "10:30|", "a:sm|", "https://a|", "::sm|", ": sm|"]) expect(calling(none), none).toBe(null);
});

test("an emoji ends with its colon, times and addresses do not", () => {
  const ended = (text: string) => endedCode(text, text.length)?.code ?? null;
  expect([":+1:", "hi :smile:", "🎉:tada:", "(:smile:"].map(ended)).toEqual(["+1", "smile", "tada", "smile"]);
  expect(["10:30:", "a:b:", "`:smile:", "std::io::", ":a b:"].map(ended)).toEqual([null, null, null, null, null]);
});

test("a long paste is one of many characters or many lines", () => {
  expect([isLongPaste("a".repeat(4_000)), isLongPaste("a".repeat(4_001)), isLongPaste("a\n".repeat(59)), isLongPaste("a\n".repeat(61)), inCode("`a` b", 5)]).toEqual([false, true, false, true, false]);
});
