import { expect, test } from "vitest";
import { parseInline } from "../src/lib/markdown/inline";
import { inlineText } from "../src/lib/markdown/plain";
import { Budget, type Inline } from "../src/lib/markdown/tree";

const pieces = (text: string) => parseInline(text, new Budget());
const hrefs = (nodes: Inline[]) => nodes.flatMap((node) => (typeof node === "object" && node.kind === "link" ? node.href : []));

/** `[address]` for links, the rest as it is. */
const drawn = (text: string) =>
  pieces(text)
    .map((piece) => (typeof piece === "object" && piece.kind === "link" ? `[${inlineText(piece.inside)}]` : inlineText([piece])))
    .join("");

test.each([
  ["no link here", "no link here"],
  ["", ""],
  ["see https://a.example/x.", "see [https://a.example/x]."],
  ["(https://a.example/b_(c))", "([https://a.example/b_(c)])"],
  ["HTTP://A.EXAMPLE!", "[HTTP://A.EXAMPLE]!"],
  ["https://a.example, http://b.example", "[https://a.example], [http://b.example]"],
  ["<https://a.example>", "<[https://a.example]>"],
  ["見て https://a.example/道。", "見て [https://a.example/道]。"],
  ["javascript:alert(1)", "javascript:alert(1)"],
  ["JaVaScRiPt://%0aalert(1)", "JaVaScRiPt://%0aalert(1)"],
  ["data:text/html,<script>x</script>", "data:text/html,<script>x</script>"],
  ["&#106;avascript:x", "&#106;avascript:x"],
  ["https://", "https://"],
  ["https://..", "https://.."],
  ["https://a.example/snake_case_words_", "[https://a.example/snake_case_words]_"],
  ["*see https://a.example/b*", "see https://a.example/b"],
  ["write to wren.c@post.example.org.", "write to [wren.c@post.example.org]."],
  ["a@b", "a@b"],
  ["https://a.example/\u202egpj.exe", "[https://a.example/]\u202egpj.exe"],
])("%j", (text, expected) => {
  expect(drawn(text)).toBe(expected);
});

test("the pieces are the text, whatever it is, and only http(s) becomes a link", () => {
  const parts = ["https://", "http://x.example", "javascript:", "\n", " ", "(", ")", ".", "é", "文", "\u202e", "<", '"', "a"];
  let seed = 7;
  for (let round = 0; round < 2_000; round += 1) {
    let text = "";
    for (let i = 0; i < 12; i += 1) text += parts[(seed = (seed * 1103515245 + 12345) % 2 ** 31) % parts.length];
    const nodes = pieces(text);
    expect(inlineText(nodes)).toBe(text);
    for (const href of hrefs(nodes)) expect(href).toMatch(/^https?:\/\/[^/]/);
  }
});

// Work in the square of the length would take minutes here, and the runner would give up.
test("a page of hostile lines is drawn all the same", () => {
  for (const end of [")", ".", "(", ".a", "https://"]) {
    const text = `https://a.example/${end.repeat(8_000 / end.length)}`;
    for (let i = 0; i < 100; i += 1) expect(hrefs(pieces(text))[0]).toMatch(/^https:\/\/a\.example\//);
  }
});
