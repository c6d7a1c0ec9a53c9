import { expect, test } from "vitest";
import { parse } from "../src/lib/markdown/blocks";
import { plainText } from "../src/lib/markdown/plain";
import { BOUNDS, type Block, type Inline } from "../src/lib/markdown/tree";

/** A tree as short text: `<em x>`, lines by `/`. */
function inline(nodes: Inline[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return node;
      if (node.kind === "code") return `<code ${node.text}>`;
      if (node.kind === "mention") return `<${node.text}>`;
      return node.kind === "link" ? `<${node.href} ${inline(node.inside)}>` : `<${node.kind} ${inline(node.inside)}>`;
    })
    .join("");
}
function shape(block: Block): string {
  switch (block.kind) {
    case "line":
      return inline(block.inside);
    case "heading":
      return `<h${block.level} ${inline(block.inside)}>`;
    case "code":
      return `<pre ${block.info}|${block.text}>`;
    case "quote":
      return `<quote ${block.inside.map(shape).join("/")}>`;
    case "list":
      return `<list ${block.items.map(({ value, inside }) => `${value ?? "•"} ${inside.map(shape).join("/")}`).join("; ")}>`;
    case "table":
      return `<table ${block.sides.map((side) => side ?? "-").join(",")}: ${[block.head, ...block.rows].map((row) => row.map(inline).join("|")).join("; ")}>`;
    case "plain":
      return "<plain>";
  }
}
const drawn = (text: string) => parse(text).map(shape).join("/");

/** What people write without a thought for marks. */
test.each([
  "2*3*4", "2 * 3 * 4", "a*b*c", "snake_case_words", "__init__.py", "_", "**", "* ", "*", "- ", "-5 degrees", "1. ", "1.", "1.5 litres", "2026. was good",
  "#1", "#tag", "# ", ":-)", ">:(", ">_<", ">.<", "^_^ and ^_^", "-_- no -_-", "*_*", "T_T", "¯\\_(ツ)_/¯", "C:\\path\\new_folder", "\\\\server\\share", "C:\\*.txt", "*.ts and *.js",
  "f(*args, **kwargs)", "5* hotel, 4* hotel", "~5 to ~10", "~/here and ~/there", "<b>bold</b>", "<!-- no -->", "&lt;b&gt;", "a | b", "[x]", "[x] (y)", "[]()", "- ", "--", "---", "===",
  "a\\b", "50% * 2", "**bold", "bold**", "** bold **", "`", "``", "``` ```", "```", "> ".trim() + "x", "!important", "e = m*c**2", "***", "****a****", "    four spaces",
])("%j stays as it is", (text) => {
  expect(drawn(text)).toBe(text);
});

test.each([
  ["*it* and _it_", "<em it> and <em it>"],
  ["**bold**, ~~gone~~!", "<strong bold>, <strike gone>!"],
  ["***both***", "<strong <em both>>"],
  ["**a *b* c**", "<strong a <em b> c>"],
  ["*a **b***", "<em a <strong b>>"],
  ["**a _b** c_", "<strong a _b> c_"],
  ["这是**粗体**文字", "这是<strong 粗体>文字"],
  ["(*really*)", "(<em really>)"],
  ["`a*b*` `` x ` y ``", "<code a*b*> <code x ` y>"],
  ["**`code`**", "<strong <code code>>"],
  ["\\*not\\* and \\_so\\_", "*not* and _so_"],
  ["\\# no heading", "# no heading"],
  ["@ada, hi @bob-2! mail ada@bob.example", "<@ada>, hi <@bob-2>! mail <mailto:ada@bob.example ada@bob.example>"],
  ["_hi @ada_ **@bob**", "<em hi <@ada>> <strong <@bob>>"],
  ["[words](https://a.example/x_(y))", "<https://a.example/x_(y) words>"],
  ["[**b** https://a.example @ada](https://a.example)", "<https://a.example/ <strong b> https://a.example @ada>"],
  ["[call](tel:+49301234) [post](mailto:a@b.example)", "<tel:+49301234 call> <mailto:a@b.example post>"],
  ["![a cat](https://a.example/cat.png)", "<https://a.example/cat.png a cat>"],
  ["![](https://a.example/cat.png)", "<https://a.example/cat.png https://a.example/cat.png>"],
  ["[https://a.example](https://a.example)", "<https://a.example/ https://a.example>"],
  ["[README.md](https://a.example)", "<https://a.example/ README.md>"],
])("%j is %s", (text, expected) => {
  expect(drawn(text)).toBe(expected);
});

test.each([
  "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](javascript&colon;alert(1))", "[x](java\u0000script:alert(1))",
  "[x](data:text/html,<script>1</script>)", "[x](vbscript:x)", "[x](//evil.example)", "[x](file:///etc/passwd)", "![x](javascript:alert(1))", "[x](<javascript:alert(1)>)",
])("%j leads nowhere", (text) => {
  expect(drawn(text)).toBe(text);
});

test("words don't show another address than the one they lead to", () => {
  expect(drawn("[https://bank.example](https://evil.example)")).not.toContain(" https://bank.example>/");
  expect(drawn("[https://bank.example](https://evil.example)")).toBe("[<https://bank.example/ https://bank.example>](<https://evil.example/ https://evil.example>)");
  expect(drawn("[bank.com](https://evil.example)")).toBe("[bank.com](<https://evil.example/ https://evil.example>)");
});

test.each([
  ["a\n\nb\n", "a//b/"],
  ["# One\n### Three", "<h1 One>/<h3 Three>"],
  ["```rust src/main.rs\nfn main() {}\n\n  x\n```\nafter", "<pre rust src/main.rs|fn main() {}\n\n  x>/after"],
  ["```\nnot *ended*", "<pre |not *ended*>"],
  ["~~~\n```\n~~~", "<pre |```>"],
  ["> a\n> > b\n>\n> c\nd", "<quote a/<quote b>/c>/d"],
  ["- a\n  more\n  - b\n    - c\n- d", "<list • a/more/<list • b/<list • c>>; • d>"],
  ["3. x\n3) y\n\n7. z", "<list 3 x; 3 y; 7 z>"],
  ["before\n\n- a\n\nafter", "before/<list • a>/after"],
  ["- a\n  ```js\n  let x;\n  ```", "<list • a/<pre js|let x;>>"],
  ["- a\n1. b", "<list • a>/<list 1 b>"],
  ["a | b\n:-- | --:\n1 | **2**\nend", "<table start,end: a|b; 1|<strong 2>>/end"],
  ["| a | b |\n|---|---|\n| x \\| y |", "<table -,-: a|b; x | y|>"],
  ["a | b\n--- | --- | ---", "a | b/--- | --- | ---"],
])("%j is %s", (text, expected) => {
  expect(drawn(text)).toBe(expected);
});

test("previews have the words without their marks", () => {
  expect(plainText("**Hi** `x_y` [here](https://a.example)\n- a\n> 2*3*4\n```js\nlet a;\n```")).toBe("Hi x_y here\n• a\n2*3*4\nlet a;");
});

/** Nodes and depth of what is made. */
function measure(blocks: Block[]): { nodes: number; depth: number } {
  let [nodes, depth] = [0, 0];
  const walk = (value: unknown, level: number) => {
    if (typeof value !== "object" || value === null) return;
    if ("kind" in value) {
      if (value.kind !== "line") nodes += 1;
      depth = Math.max(depth, level);
    }
    for (const each of Object.values(value)) walk(each, "kind" in value ? level + 1 : level);
  };
  walk(blocks, 1);
  return { nodes, depth };
}

// Work in the square of the length would take minutes here, and the runner would give up.
test.each<[string, string, number]>([
  ["quotes", ">", 20_000], ["quotes with room", "> ", 20_000], ["brackets", "[", 50_000], ["images", "![", 50_000], ["empty links", "[](", 30_000], ["links in links", "[a](", 30_000],
  ["stars", "*", 50_000], ["stars and words", "*a", 50_000], ["stars, spaced", "*a ", 30_000], ["faces", "*.", 50_000], ["mixed marks", "*_~~**", 20_000], ["ended and begun", "**a **", 20_000],
  ["ticks", "`a", 50_000], ["ticks of many lengths", Array.from({ length: 300 }, (_, n) => "`".repeat(n)).join("a"), 1], ["names", "@a ", 30_000], ["addresses", "[https://a", 10_000],
  ["post", "a@", 50_000], ["dots", "a.", 50_000], ["backslashes", "\\*", 50_000], ["lists", "- ", 30_000], ["points", "- a\n", 2_000], ["deep points", Array.from({ length: 1_000 }, (_, n) => `${" ".repeat(n)}- a\n`).join(""), 1],
  ["numbers", "1. ", 30_000], ["fences", "```\n", 2_000], ["fences with names", "~~~a\n", 2_000], ["pipes", "|", 50_000], ["tables", "a|b\n-|-\n", 900], ["a wide table", `${"|a".repeat(5_000)}\n${"|-".repeat(5_000)}`, 1],
  ["a long table", `a|b\n-|-\n${"*a*|b\n".repeat(1_900)}`, 1], ["blank lines", "- a\n\n\n\n", 500], ["headings", "# ", 50_000], ["bold words", "**a** ", 10_000], ["brackets closed", "]", 50_000],
])("a bomb of %s ends in a small tree", (_, piece, times) => {
  const blocks = parse(piece.repeat(times));
  const { nodes, depth } = measure(blocks);
  expect(nodes).toBeLessThanOrEqual(BOUNDS.nodes + 1);
  expect(depth).toBeLessThanOrEqual(BOUNDS.depth * 2 + 6);
  expect(plainText(piece.repeat(times)).length).toBeLessThanOrEqual(piece.length * times + 10 * times);
});

test("whatever is written, nothing is lost but marks, and only safe schemes lead anywhere", () => {
  const parts = ["*", "**", "_", "~~", "`", "```", "[", "](", ")", "!", ">", "> ", "- ", "1. ", "# ", "|", "\n", "\n\n", " ", "a", "é", "文", "@ada", "https://a.example", "javascript:x", "\\", "<b>", "  "];
  let seed = 11;
  for (let round = 0; round < 5_000; round += 1) {
    let text = "";
    for (let i = 0; i < 14; i += 1) text += parts[(seed = (seed * 1103515245 + 12345) % 2 ** 31) % parts.length];
    const letters = (from: string) => from.replace(/[^aé文]/gu, "").length;
    expect(letters(plainText(text)), JSON.stringify(text)).toBeGreaterThanOrEqual(Math.min(1, letters(text.replace(/https?\S+|javascript:x/g, ""))));
    for (const [, href] of JSON.stringify(parse(text)).matchAll(/"href":"([^"]*)"/g)) expect(href).toMatch(/^(https?|mailto|tel):/);
  }
});
