import { expect, test } from "vitest";
import rows from "virtual:emoji/base";
import german from "virtual:emoji/de";
import english from "virtual:emoji/en";
import spanish from "virtual:emoji/es";
import chinese from "virtual:emoji/zh";
import { emojiOf, findEmoji, GROUPS, readEmoji, toned } from "../src/lib/emoji";
import { onlyEmoji } from "../src/lib/emojis";

const list = readEmoji(rows, english);
const found = (typed: string, from = list) => findEmoji(from, typed, 5).map((each) => each.glyph);

test("every emoji has a code, a group and a name in each language, and is drawn large alone", () => {
  expect(list.length).toBeGreaterThan(1_700);
  for (const names of [english, german, spanish, chinese]) expect(names.filter((name) => /^\S/.test(name))).toHaveLength(list.length);
  for (const each of list) {
    expect(GROUPS as readonly number[]).toContain(each.group);
    expect(each.codes[0]).toMatch(/^[a-z0-9_+-]+$/);
    expect(onlyEmoji(each.glyph), each.glyph).toBe(true);
    if (each.tones) expect(onlyEmoji(toned(each, 3)), each.name).toBe(true);
  }
});

test("found by code first, then by name, then by other words, in the language of the page", () => {
  expect(found("+1")[0]).toBe("👍️");
  expect(found("tada")[0]).toBe("🎉");
  expect(found("smile")[0]).toBe("😄");
  expect(found("red heart")[0]).toBe("❤️");
  expect(found("Grüne", readEmoji(rows, german))).not.toEqual([]);
  expect(found("corazón rojo", readEmoji(rows, spanish))[0]).toBe("❤️");
  expect(found("苹果", readEmoji(rows, chinese))).toContain("🍎");
  expect(found("  ")).toEqual([]);
  expect(emojiOf(list, "SMILE")?.glyph).toBe("😄");
  expect(emojiOf(list, "smil")).toBeUndefined();
});

test("one that was used lately comes first among its like", () => {
  const [first, second] = findEmoji(list, "smi", 2);
  expect(findEmoji(list, "smi", 2, [second?.glyph ?? ""])[0]?.glyph).toBe(second?.glyph);
  expect(first?.glyph).not.toBe(second?.glyph);
});

test("skin tones stand where they belong", () => {
  const wave = emojiOf(list, "wave");
  expect(wave && toned(wave, 3)).toBe("👋🏽");
  const heart = emojiOf(list, "heart");
  expect(heart && toned(heart, 3)).toBe("❤️");
});

test.each(["🎉", "🎉🎉 🎉", "👩🏽‍🚀", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🇩🇪", "1️⃣", "❤️‍🔥", " 👍 "])("%s is only emoji", (text) => expect(onlyEmoji(text)).toBe(true));
test.each(["", "1", "12", "a🎉", "🎉🎉🎉🎉", "©", "#", "™", ":-)"])("%j is not", (text) => expect(onlyEmoji(text)).toBe(false));
