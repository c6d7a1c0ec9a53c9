/**
 * Colours for code. The grammars are loaded when code in their language is first seen; what has none,
 * or is very long, stays as it is. Pure, but for the loading.
 */

import type { LanguageFn } from "highlight.js";
import type { Element, Root } from "hast";

/** A piece of code: words, or words of one tone. */
export type Toned = string | { tone: Tone; inside: Toned[] };

/** The five inks of code. */
export type Tone = "key" | "text" | "note" | "value" | "name" | "none";

type Grammar = () => Promise<{ default: LanguageFn }>;
const GRAMMARS: Record<string, Grammar> = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  csharp: () => import("highlight.js/lib/languages/csharp"),
  css: () => import("highlight.js/lib/languages/css"),
  diff: () => import("highlight.js/lib/languages/diff"),
  go: () => import("highlight.js/lib/languages/go"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  kotlin: () => import("highlight.js/lib/languages/kotlin"),
  php: () => import("highlight.js/lib/languages/php"),
  python: () => import("highlight.js/lib/languages/python"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  rust: () => import("highlight.js/lib/languages/rust"),
  sql: () => import("highlight.js/lib/languages/sql"),
  swift: () => import("highlight.js/lib/languages/swift"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};
/** Other names of the same, by which people and files call them. */
const ALIASES: Record<string, string> = {
  sh: "bash", shell: "bash", zsh: "bash", console: "bash", h: "c", "c++": "cpp", cc: "cpp", hpp: "cpp", "c#": "csharp", cs: "csharp", scss: "css", patch: "diff",
  golang: "go", toml: "ini", conf: "ini", js: "javascript", jsx: "javascript", mjs: "javascript", json5: "json", kt: "kotlin", py: "python", rb: "ruby", rs: "rust",
  ts: "typescript", tsx: "typescript", html: "xml", svg: "xml", vue: "xml", yml: "yaml",
};
const TONES: [RegExp, Tone][] = [
  [/^(comment|quote|meta|doctag)/, "note"],
  [/^(string|regexp|char|addition|link|template-tag)/, "text"],
  [/^(number|literal|symbol|attr|attribute|variable|deletion|bullet|property)/, "value"],
  [/^(title|section|function|type|class|built_in|name|selector)/, "name"],
  [/^(keyword|operator|tag|strong)/, "key"],
];
const LONGEST = 10_000;

/** The language that the words after a fence name: `rust`, `src/main.rs`; `null` when it is none of ours. */
export function languageOf(info: string): string | null {
  const first = (info.split(/\s/, 1)[0] ?? "").toLowerCase();
  const name = /[./]/.test(first) ? (first.split(".").at(-1) ?? "") : first;
  const known = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? "") : name;
  return Object.hasOwn(GRAMMARS, known) ? known : null;
}

type Paint = (language: string, text: string) => Root;
let paint: Paint | null = null;
const ready = new Set<string>();

/** The code in tones; `null` while its grammar is not there, or when it has none. */
export function toned(text: string, language: string | null): Toned[] | null {
  if (paint === null || language === null || !ready.has(language) || text.length > LONGEST) return null;
  return paint(language, text).children.flatMap(piece);
}

/** Loads what {@link toned} needs. */
export async function loadTones(language: string): Promise<void> {
  const load = GRAMMARS[language];
  if (load === undefined || ready.has(language)) return;
  const [{ painter }, grammar] = await Promise.all([import("./painter"), load()]);
  painter.register(language, grammar.default);
  paint = (name, text) => painter.highlight(name, text);
  ready.add(language);
}

function piece(node: Root["children"][number] | Element["children"][number]): Toned[] {
  if (node.type === "text") return [node.value];
  if (node.type !== "element") return [];
  const inside = node.children.flatMap(piece);
  const names = node.properties["className"];
  const scope = String(Array.isArray(names) ? names[0] : "").replace(/^hljs-/, "");
  const tone = TONES.find(([names]) => names.test(scope))?.[1] ?? "none";
  return tone === "none" ? inside : [{ tone, inside }];
}
