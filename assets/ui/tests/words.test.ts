/** The messages: none missing, none unused, the same places and all plural forms in every language. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ar } from "../src/words/ar";
import { checks as arChecks } from "../src/words/ar/checks";
import { de } from "../src/words/de";
import { checks as deChecks } from "../src/words/de/checks";
import { first, type Message } from "../src/words/en";
import { checks } from "../src/words/en/checks";
import { later } from "../src/words/en/later";
import { es } from "../src/words/es";
import { checks as esChecks } from "../src/words/es/checks";
import { zh } from "../src/words/zh";
import { checks as zhChecks } from "../src/words/zh/checks";

const spoken = { ...first, ...later };
/** The words of the checks are chosen by the server's codes; that there are no others is the compiler's affair. */
const en = { ...spoken, ...checks };
const LANGUAGES: Record<string, Readonly<Record<string, Message>>> = {
  en,
  de: { ...de, ...deChecks },
  es: { ...es, ...esChecks },
  zh: { ...zh, ...zhChecks },
  ar: { ...ar, ...arChecks },
};

/** Keys that are put together while running: what stands before the part that varies. */
const FAMILIES = [
  "admin.share.",
  "details.noise.",
  "doctor.verdict.",
  "door.strength.",
  "door.weak.",
  "emoji.group",
  "emoji.tone",
  "error.",
  "file.size.",
  "files.",
  "join.obstacle.",
  "keys.",
  "list.none.",
  "list.section.",
  "list.view.",
  "presence.",
  "search.add.",
  "search.by.",
  "search.offer.",
  "search.short.",
  "search.teach.",
  "search.value.",
  "settings.",
  "settings.notify.",
  "settings.permission.",
  "signin.empty.",
  "tour.rule.",
  "signin.ended.",
];
/** Families that share their beginning with other keys: which of them are meant. */
const PARTS: Record<string, RegExp> = {
  "files.": /^files\.(about|pictures|files)$/,
  "keys.": /^keys\.(everywhere|list|conversation|writing|page)$/,
  "settings.": /^settings\.(light|dark|system|royal|green|sepia|black|comfortable|compact|normal|large|largest)$/,
};

const src = join(import.meta.dirname, "..", "src");
const protocol = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "PROTOCOL.md"), "utf8");
const sources = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("words/"))
  .map((file) => readFileSync(join(src, file), "utf8"))
  .join("\n");
const literals = new Set([...sources.matchAll(/"([a-zA-Z]+\.[\w.]+)"/g)].map((match) => match[1]));

const formsOf = (message: Message) => (typeof message === "string" ? { other: message } : message);
const placesOf = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort();
const wordsIn = (folder: string) =>
  readdirSync(join(src, "words", folder))
    .filter((file) => !["index.ts", "later.ts"].includes(file))
    .flatMap((file) => [...readFileSync(join(src, "words", folder, file), "utf8").matchAll(/^ {2}"([^"]+)":/gm)].map((match) => match[1]));

test("every key is used, or belongs to a family that is", () => {
  const unused = Object.keys(spoken).filter((key) => {
    const family = FAMILIES.filter((each) => key.startsWith(each) && sources.includes(`\`${each}\${`)).find((each) => PARTS[each]?.test(key) ?? true);
    return !literals.has(key) && family === undefined;
  });
  expect(unused).toEqual([]);
});

/** The files that come together with this one: it and all that it imports, but not what it loads later. */
function together(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(join(src, file), "utf8").replace(/^(?:import|export) type .*$/gm, "");
  for (const [, path = ""] of text.matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
    const base = join(file, "..", path);
    const there = [`${base}.ts`, `${base}.tsx`].find((each) => existsSync(join(src, each)));
    if (there !== undefined && !there.startsWith("words/")) together(there, found);
  }
  return found;
}

/** Which of the later messages a set of files speaks. */
function laterIn(all: Iterable<string>): string[] {
  const text = [...all].map((file) => readFileSync(join(src, file), "utf8")).join("\n");
  const said = new Set([...text.matchAll(/"([a-zA-Z]+\.[\w.]+)"/g)].map((match) => match[1]));
  const families = [...text.matchAll(/`([a-zA-Z]+\.[\w.]*)\$\{/g)].map((match) => match[1] ?? "");
  return Object.keys(later).filter((key) => said.has(key) || families.some((each) => key.startsWith(each) && (PARTS[each]?.test(key) ?? true)));
}

test("what is loaded later brings its messages, and the first page needs none of them", () => {
  const page = together("main.tsx");
  expect(laterIn(page)).toEqual([]);
  const entries = [...page].flatMap((file) =>
    [...readFileSync(join(src, file), "utf8").matchAll(/[^f] import\("(\.[^"]+)"\)/g)]
      .flatMap((match) => [".ts", ".tsx"].map((ext) => `${join(file, "..", match[1] ?? "")}${ext}`))
      .filter((each) => existsSync(join(src, each))),
  );
  expect(entries.length).toBeGreaterThan(10);
  const mute = entries.filter((entry) => {
    const own = [...together(entry)].filter((file) => !page.has(file));
    return laterIn(own).length > 0 && !own.includes("lib/laterWords.ts");
  });
  expect(mute).toEqual([]);
});

test("no family is put together that is not known here", () => {
  const made = new Set([...sources.matchAll(/`([a-zA-Z]+\.[\w.]*)\$\{/g)].map((match) => match[1] ?? ""));
  const words = [...made].filter((each) => Object.keys(spoken).some((key) => key.startsWith(each)));
  expect(words.filter((each) => !FAMILIES.includes(each))).toEqual([]);
  expect(FAMILIES.filter((each) => !made.has(each))).toEqual([]);
});

test("every code of the protocol has a sentence, and no other has", () => {
  const codes = [...protocol.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \| [1-5]\d\d \|/gm)].flatMap((row) => [...(row[1] ?? "").matchAll(/[a-z_]+/g)].map((match) => match[0]));
  expect(codes.length).toBeGreaterThan(20);
  for (const code of codes) expect(en).toHaveProperty([`error.${code}`]);
  const known = (code: string) => codes.includes(code) || sources.includes(`"${code}"`);
  const all = Object.keys(en).flatMap((key) => /^error\.([a-z_]+)/.exec(key)?.[1] ?? []);
  expect(all.filter((code) => !known(code))).toEqual([]);
});

describe.each(Object.keys(LANGUAGES))("%s", (name) => {
  const words = LANGUAGES[name] ?? {};
  const rules = new Intl.PluralRules(name);
  const sample = [...Array(200).keys(), 1000, 10_000, 100_000];
  const needed = new Set(sample.map((n) => rules.select(n)));

  test("says everything that English says", () => {
    expect(Object.keys(en).filter((key) => !(key in words))).toEqual([]);
  });

  test("has no key twice, and none that English has not", () => {
    const keys = wordsIn(name);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    expect(keys.filter((key) => key !== undefined && !(key in en))).toEqual([]);
  });

  test("has every plural form that numbers ask for", () => {
    const lacking = Object.entries(words).filter(([, message]) => typeof message !== "string" && [...needed].some((form) => !(form in message)));
    expect(lacking.map(([key]) => key)).toEqual([]);
    // A language with forms needs them wherever English does.
    const flat = Object.entries(words).filter(([key, message]) => typeof message === "string" && typeof en[key as keyof typeof en] !== "string");
    expect(flat.map(([key]) => key)).toEqual([]);
  });

  test("has the same places as English", () => {
    const wrong = Object.entries(words).filter(([key, message]) => {
      const english = formsOf(en[key as keyof typeof en] as Message);
      const allowed = placesOf(Object.values(english).join(" "));
      const always = placesOf(english.other);
      return Object.entries(formsOf(message)).some(([form, text]) => {
        const places = placesOf(text);
        // A form for one number alone may write the number out.
        const spelled = ["zero", "one", "two"].includes(form);
        return places.some((place) => !allowed.includes(place)) || always.some((place) => !places.includes(place) && !(spelled && place === "n"));
      });
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  test("uses its own quotation marks and no straight ones", () => {
    const marks: Record<string, RegExp> = { en: /["„«»]/, de: /["”«»]/, es: /["„“”]/, zh: /["„«»]/, ar: /["„“”]/ };
    const wrong = Object.entries(words).filter(([, message]) => Object.values(formsOf(message)).some((text) => marks[name]?.test(text)));
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});
