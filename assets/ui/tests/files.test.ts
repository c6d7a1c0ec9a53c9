import { expect, test } from "vitest";
import { isPicture, nameParts, sizeText, stillFor, summaryOf, typeText } from "../src/lib/files";
import { placeholderUrl } from "../src/lib/thumbhash";
import type { Attachment } from "../src/lib/wire";

const file = (more: Partial<Attachment> = {}): Attachment => ({
  id: "f",
  name: "beds.jpg",
  mime: "image/jpeg",
  size: 2_516_582,
  kind: "image",
  url: "/api/files/f/beds.jpg",
  width: 4032,
  height: 2688,
  thumbnails: [
    { url: "/320", width: 320, height: 213 },
    { url: "/1280", width: 1280, height: 853 },
  ],
  ...more,
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1024, "1 KB"],
  [253_952, "248 KB"],
  [2_516_582, "2.4 MB"],
  [104_857_600, "100 MB"],
  [1_048_575, "1 MB"],
  [1_503_238_553, "1.4 GB"],
])("%i bytes are %s", (bytes, text) => expect(sizeText(bytes).replace("\u00a0", " ")).toBe(text));

test.each([
  ["Übersicht 2026 ✓.pdf", "Übersicht 2026 ✓", ".pdf"],
  ["archive.tar.gz", "archive.tar", ".gz"],
  ["README", "README", ""],
  [".profile", ".profile", ""],
  ["to be continued...", "to be continued...", ""],
  ["写真.JPEG", "写真", ".JPEG"],
  ["invoice\u202egpj.exe", "invoicegpj", ".exe"],
])("%s is shortened before its ending", (name, stem, ending) => expect(nameParts(name)).toEqual({ stem, ending }));

test("a file's type is its ending, else a word", () => {
  expect(typeText({ name: "a.pdf", mime: "application/pdf" })).toBe("PDF");
  expect(typeText({ name: "notes", mime: "text/plain" })).toBe("Text");
  expect(typeText({ name: "a.something", mime: "application/octet-stream" })).toBe("File");
});

test("the smallest still that fills the box", () => {
  expect(stillFor(file(), 160)).toBe("/320");
  expect(stillFor(file(), 400)).toBe("/1280");
  expect(stillFor(file(), 2000)).toBe("/1280");
  expect(stillFor(file({ thumbnails: [] }), 160)).toBe("/api/files/f/beds.jpg");
});

test("a picture without a size is a file", () => {
  const { width: _width, ...unsized } = file();
  expect(isPicture(unsized)).toBe(false);
  expect(isPicture(file())).toBe(true);
});

test("what a message says in one line", () => {
  const says = (content: string, attachments: Attachment[]) => summaryOf({ content, attachments });
  expect(says("words", [file()])).toBe("words");
  expect(says("", [file()])).toBe("Picture");
  expect(says("", [file(), file()])).toBe("2 pictures");
  expect(says("", [file({ kind: "file", name: "rota.pdf" })])).toBe("rota.pdf");
  expect(says("", [file(), file({ kind: "file" })])).toBe("2 files");
  expect(summaryOf({ content: "", attachments: [], deletedAt: "2026-11-22T15:00:00.000Z" })).toBe("This message was deleted.");
});

test("a blur is drawn once, and a broken hash is none", () => {
  const hash = "1QcSHQRnh493V4dIh4eXh1h4kJUI";
  expect(placeholderUrl(hash)).toMatch(/^data:image\/png;base64,/);
  expect(placeholderUrl(hash)).toBe(placeholderUrl(hash));
  expect(placeholderUrl("%%%")).toBe("");
  expect(placeholderUrl(undefined)).toBe("");
});
