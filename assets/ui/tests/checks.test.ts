/** What the server found around itself, said in every language. */

import { afterEach, expect, test } from "vitest";
import type { CheckFact, ServerCheck } from "../src/lib/administration";
import { tell, type Piece } from "../src/lib/checks";
import { ENGLISH, language } from "../src/lib/language";
import { checks as ar } from "../src/words/ar/checks";
import type { CheckWords, Unfilled } from "../src/words/checks";
import { checks as de } from "../src/words/de/checks";
import { checks as en } from "../src/words/en/checks";
import { checks as es } from "../src/words/es/checks";
import { checks as zh } from "../src/words/zh/checks";

const NOW = Date.UTC(2026, 5, 12, 12);
const ALL: Record<string, CheckWords> = { en, de, es, zh, ar };

/** Places that the server does not fill: the compiler finds them. */
type Wrong = Unfilled<typeof en | typeof de | typeof es | typeof zh | typeof ar>;
const nothing: [Wrong] extends [never] ? true : Wrong = true;

afterEach(() => {
  language.value = ENGLISH;
});

function check(code: string, facts: Record<string, CheckFact> = {}, remedy?: string): ServerCheck {
  return { id: "x", state: remedy === undefined ? "ok" : "warn", title: "X", code, facts, detail: "Seen.", ...(remedy !== undefined && { remedy }) };
}

const plain = (pieces: readonly Piece[] | null | undefined) => pieces?.map((piece) => (typeof piece === "string" ? piece : `<${piece.typed}>`)).join("");

test("no place is left that the server does not fill", () => {
  expect(nothing).toBe(true);
});

test("facts stand in the sentence as people read them", () => {
  const disk = tell(check("disk-low", { freeBytes: 3 * 2 ** 30, totalBytes: 64 * 2 ** 30, reserveBytes: 2 ** 30 }, "Make room."), en, NOW);
  expect(plain(disk?.detail)).toBe("Only 3\u00a0GB of 64\u00a0GB are free. Uploads stop at 1\u00a0GB.");
  expect(plain(disk?.remedy)).toBe("Make room before that.");
  const old = tell(check("backups-good", { folder: "/var/backups", hours: 49, madeAt: new Date(NOW - 49 * 3_600_000).toISOString() }), en, NOW);
  expect(plain(old?.detail)).toBe("The newest in </var/backups> was made 2 days ago.");
  const ends = tell(check("certificate-good", { until: "2036-06-12T12:00:00.000Z" }), en, NOW);
  expect(plain(ends?.detail)).toContain("12 June 2036");
  const slow = tell(check("sync-good", { usualMs: 1.25, worstMs: 1234.5 }), en, NOW);
  expect(plain(slow?.detail)).toBe("Something small is safe after 1.25 ms, at worst after 1,234.5 ms.");
  expect(plain(tell(check("names-here", { names: ["a.example", "b.example"] }), en, NOW)?.detail)).toBe("This machine has the addresses of a.example and b.example.");
});

test("what is typed stands as it is typed, in every language", () => {
  for (const words of Object.values(ALL)) {
    const open = tell(check("data-open", { path: "/srv/`ink{spot}", mode: "755" }, "chmod"), words, NOW);
    expect(plain(open?.detail)).toContain("</srv/`ink{spot}>");
    expect(plain(open?.detail)).toContain("<755>");
    expect(plain(open?.remedy)).toContain("<chmod 700 /srv/`ink{spot}>");
    const fits = tell(check("memory-exceeded", { mostBytes: 1, freeBytes: 1, budgetBytes: 1, fitsMib: 1234 }, "Set it."), words, NOW);
    expect(plain(fits?.remedy)).toContain("<1234>");
  }
});

test("what helps against an authority's trouble is said by its name", () => {
  const helps = (advice: string) => tell(check("certificate-not-given", { names: ["a.example"], error: "no", advice }, "Look."), de, NOW);
  expect(plain(helps("email")?.remedy)).toBe("Berichtige oder entferne <tls.acme_email>: Es braucht keine.");
  expect(plain(helps("email")?.detail)).toContain("a.example");
  expect(helps("from-the-future")).toBeNull();
});

test("names and addresses keep their direction where one reads from the right", () => {
  language.value = { tag: "ar", words: {} };
  expect(plain(tell(check("proxy-none", { address: "::1" }), ar, NOW)?.detail)).toContain("\u2066::1\u2069");
  expect(plain(tell(check("names-here", { names: ["a.example", "b.example"] }), ar, NOW)?.detail)).toMatch(/\u2066a\.example\u2069.*\u2066b\.example\u2069/);
});

test("a code that is not known here is left to the server's own words", () => {
  expect(tell(check("from-the-future"), en, NOW)).toBeNull();
  expect(tell(check("constructor"), en, NOW)).toBeNull();
  expect(tell(check("disk-good", {}, "It needs help by now."), en, NOW)).toBeNull();
});

test("backticks come in pairs, and hold the same in every language", () => {
  const typed = (text: string) => text.split("`").filter((_, at) => at % 2 === 1).sort();
  for (const [name, words] of Object.entries(ALL)) {
    for (const key of Object.keys(en) as (keyof CheckWords)[]) {
      expect(words[key].split("`").length % 2, `${name} ${key}`).toBe(1);
      expect(typed(words[key]), `${name} ${key}`).toEqual(typed(en[key]));
    }
  }
});
