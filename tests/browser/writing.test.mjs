// Writing and what becomes of it: marks, code, names, emoji, drafts on two devices, long pastes, hostile messages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";
import { soundOf } from "./sound.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser, server, ann, annApi, bob, room;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob", "cleo"] });
  [annApi, bob] = [await server.signIn("ann"), await server.signIn("bob")];
  await bob.api("PATCH", "/api/auth/me", { displayName: "Bob Árvíz" });
  room = await make("Allotment");
  ann = await Person.at(browser);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  await ann.open("Allotment");
});
after(async () => {
  await ann.leave();
  await browser.close();
  await server.close();
});

const make = async (title, members = ["bob"]) => (await annApi.api("POST", "/api/conversations", { title, isGroup: true, members })).body.id;
const say = (content, who = bob, conversationId = room) => who.api("POST", "/api/messages/realtime", { conversationId, content });
const newest = async () => (await annApi.api("GET", `/api/conversations/${room}/messages?limit=1`)).body.messages[0].content;
const last = (person = ann) => person.page.locator("article").last();
const offers = (person = ann) => person.page.getByRole("listbox", { name: /People to name|Emoji/ });
/** Waits until the field holds this. */
const holds = (text, person = ann) => person.holds(text);

test("what is written is drawn: emphasis, lists, quotes, tables, code", async () => {
  await say("**bold** *it* ~~gone~~ `code`\n> quoted\n- one\n- two\n3. three\n# Head\na | b\n--|--\n1 | 2");
  const line = last();
  await line.getByText("bold", { exact: true }).waitFor();
  for (const tag of ["strong", "em", "s", "code", "blockquote", "ul > li", "ol > li[value='3']", "h3", "table"]) assert.ok((await line.locator(tag).count()) > 0, tag);
  await say("2*3*4 snake_case_words :-) C:\\path #1");
  await ann.sees("2*3*4 snake_case_words :-) C:\\path #1");
  assert.equal(await last().locator(".said *:not(p)").count(), 0, "plain words are only words");
  await say("👍🏽");
  await last().locator(".large").waitFor();
});

test("a preview shows the words as they will stand, by keys and by the button; the field goes on where it was", async () => {
  const { page, composer } = ann;
  const preview = page.getByRole("region", { name: "Preview" });
  const button = page.getByRole("button", { name: "Preview" });
  await composer.fill("only words");
  assert.equal(await button.count(), 0, "nothing would look otherwise");
  await composer.fill("- **one**\n- two `x`");
  await button.waitFor();
  await composer.evaluate((it) => it.setSelectionRange(3, 3));
  await page.keyboard.press("Control+Shift+E");
  await preview.locator("ul > li strong").waitFor();
  assert.ok(await preview.evaluate((it) => it === document.activeElement));
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Escape");
  await preview.waitFor({ state: "detached" });
  await until(() => composer.evaluate((it) => [it === document.activeElement, it.selectionStart]), [true, 3]);
  await page.keyboard.type("!");
  await holds("- *!*one**\n- two `x`");
  await composer.fill("# Seen before it is sent");
  await button.click();
  await preview.locator("h3").waitFor();
  await page.keyboard.press("Enter");
  await last().locator("h3", { hasText: "Seen before it is sent" }).waitFor();
  await until(() => composer.evaluate((it) => [it === document.activeElement, it.value]), [true, ""]);
});

test("code has its name, colours that move nothing, and a button that copies it", async () => {
  await ann.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await say("```rust src/main.rs\nfn main() { let x = 1; } // one\n```");
  const code = ann.page.getByRole("region", { name: "rust src/main.rs" });
  await code.waitFor();
  const before = await code.boundingBox();
  await code.locator(".tone-key").first().waitFor();
  const grown = (await code.boundingBox()).height - before.height;
  assert.ok(Math.abs(grown) < 0.5, `${grown} px`);
  await ann.page.getByRole("button", { name: "Copy the code: rust src/main.rs" }).click();
  await ann.page.getByText("Copied").first().waitFor();
  assert.equal(await ann.page.evaluate(() => navigator.clipboard.readText()), "fn main() { let x = 1; } // one");
});

test("links open elsewhere and know nothing of us; places of this server open here", async () => {
  await say(`[the plan](https://example.org/plan) https://example.org/a_b_c ${server.url}/conversations/${room}/1`);
  const link = last().getByRole("link", { name: "the plan" });
  await link.waitFor();
  assert.deepEqual([await link.getAttribute("target"), await link.getAttribute("rel")], ["_blank", "noopener noreferrer nofollow"]);
  await last().getByRole("link", { name: "https://example.org/a_b_c" }).waitFor();
  const marked = ann.page.locator('article.marked[data-seq="1"]');
  for (let times = 0; times < 2; times++) {
    await Promise.all([marked.waitFor(), last().getByRole("link", { name: /conversations/ }).click()]);
    await marked.waitFor({ state: "detached" });
  }
  await ann.page.waitForURL(`**/conversations/${room}/1`);
  assert.equal(ann.context.pages().length, 1);
});

test("a long message is folded and stays as one left it", async () => {
  await say(Array.from({ length: 60 }, (_, n) => `Row ${n}`).join("\n"));
  const more = ann.page.getByRole("button", { name: "Show all" });
  await more.waitFor();
  const height = async () => Math.round((await last().boundingBox()).height);
  const folded = await height();
  await more.click();
  await ann.page.getByRole("button", { name: "Show less" }).waitFor();
  await until(height, (now) => now > folded * 1.8);
  await ann.page.getByRole("button", { name: "Show less" }).click();
  await more.waitFor();
  await until(height, folded);
});

test("nothing that is written runs, loads or leads astray", async () => {
  const hostile = await make("Hostile");
  const script = "window.hacked = true";
  const bad = [
    `<script>${script}</script><img src=x onerror="${script}"><svg onload="${script}">`,
    `[a](javascript:${script}) [b](JaVaScRiPt:${script}) [c](&#106;avascript:${script}) [d](data:text/html,<script>${script}</script>) [e](java\u0009script:${script})`,
    `![p](https://elsewhere.example/pixel.png) ![q](javascript:${script}) [https://bank.example](https://evil.example)`,
    `\`\`\`html"><script>${script}</script>\n<script>${script}</script>\n\`\`\``,
    `\`\`\`<img src=x onerror=${script}>\nx\n\`\`\``,
    `<a href="javascript:${script}">x</a> <javascript:${script}> <iframe srcdoc="<script>${script}</script>">`,
    `@<script>${script}</script> **<b onclick=${script}>** | <td> |\n|--|--|\n| <script>${script}</script> | x |`,
  ];
  for (const content of bad) assert.equal((await say(content, bob, hostile)).status, 201);
  await ann.open("Hostile");
  await ann.page.getByRole("region", { name: /html/ }).waitFor();
  const hrefs = await ann.page.locator(".said a").evaluateAll((links) => links.map((link) => link.href));
  for (const href of hrefs) assert.match(href, /^https?:/);
  for (const link of await ann.page.locator(".said a").all()) await link.dispatchEvent("focus");
  assert.equal(await ann.page.locator(".said :is(img, script, iframe, svg:not(.icon), b, object)").count(), 0);
  assert.equal(await ann.page.evaluate(() => window.hacked), undefined);
});

test("bombs become small pages, and one goes on writing", async () => {
  const bombs = await make("Bombs");
  const fit = (piece, end = "") => piece.repeat(Math.floor((8_000 - end.length) / piece.length)) + end;
  const pieces = [">", "> ", "[", "![", "[](", "[a](", "*a ", "**a** ", "- ", "`a", "\n- ", "|a", "_*~~", "@ann ", "\\*", "```\n", "# "].map((piece) => fit(piece, "."));
  pieces.push(`${"|a".repeat(1_000)}|\n${"|-".repeat(1_000)}|\n${"|b".repeat(900)}|`, Array.from({ length: 110 }, (_, n) => `${" ".repeat(n)}- a`).join("\n"), `a|b\n-|-\n${"*a*|b\n".repeat(1_200)}end`);
  for (const content of pieces) assert.equal((await say(content, bob, bombs)).status, 201, content.slice(0, 20));
  await ann.open("Bombs");
  await ann.page.locator(".said").first().waitFor();
  const [nodes, deepest] = await ann.page.evaluate(() => {
    const all = [...document.querySelectorAll(".said *")];
    const depth = (node) => (node.closest(".said") === node ? 0 : 1 + depth(node.parentElement));
    return [all.length, Math.max(...all.map(depth))];
  });
  assert.ok(nodes < pieces.length * 3_000, `${nodes} elements`);
  assert.ok(deepest < 30, `${deepest} deep`);
  await ann.composer.pressSequentially("still here");
  await holds("still here");
  await ann.composer.fill("");
  await ann.open("Allotment");
});

test("names are offered to be called, by any word of them, and only of those who are here", async () => {
  await ann.composer.pressSequentially("hi @ár");
  await offers().getByRole("option", { name: /Bob Árvíz.*@bob/ }).waitFor();
  assert.ok(await ann.composer.getAttribute("aria-activedescendant"));
  await ann.composer.press("Tab");
  await holds("hi @bob ");
  await ann.composer.press("Enter");
  await ann.page.locator("article[data-seq]").last().locator(".mention", { hasText: "@Bob Árvíz" }).waitFor();
  await until(newest, "hi @bob");
  await ann.composer.pressSequentially("@cl");
  assert.equal(await offers().count(), 0, "Cleo is not in this conversation");
  await ann.composer.fill("");
  await ann.composer.pressSequentially("@");
  await until(() => offers().getByRole("option").last().innerText(), (text) => /everybody[\s\S]*1 person/.test(text));
  await ann.composer.press("Escape");
  await offers().waitFor({ state: "hidden" });
  await ann.composer.fill("");
  await say("@ann look, @all and @cleo");
  await last().getByText("@cleo").waitFor();
  assert.deepEqual(await last().locator(".mention.you").allInnerTexts(), ["@Ann", "@all"].map((each, at) => (at === 0 ? `@${annApi.user?.displayName ?? "ann"}` : each)));
});

test("emoji by code while one writes, without taking what is no code", async () => {
  await ann.composer.pressSequentially(":tad");
  await offers().getByRole("option", { name: /:tada:/ }).waitFor();
  await ann.composer.press("Enter");
  await holds("🎉 ");
  await ann.composer.fill("");
  await ann.composer.pressSequentially("at 10:30:45 :-) :rocket:");
  await holds("at 10:30:45 :-) 🚀");
  await ann.composer.press("Control+z");
  await holds("at 10:30:45 :-) :rocket:");
  await ann.composer.fill("");
});

test("the picker is found, searched and left by keyboard", async () => {
  await ann.composer.fill("so ");
  const open = ann.page.getByRole("button", { name: "Add an emoji" });
  await open.click();
  const picker = ann.page.getByRole("dialog", { name: "Emoji" });
  const search = picker.getByRole("textbox", { name: "Search emoji" });
  await search.fill("red heart");
  await picker.getByRole("gridcell", { name: "red heart", exact: true }).waitFor();
  await search.press("Enter");
  await holds("so ❤️");
  await open.click();
  await picker.getByRole("tab", { name: "Food" }).click();
  await picker.getByRole("radio", { name: "Medium skin" }).waitFor();
  await search.focus();
  await search.press("ArrowDown");
  const first = await picker.getByRole("gridcell").first().getAttribute("aria-label");
  await ann.page.keyboard.press("ArrowRight");
  await ann.page.keyboard.press("ArrowDown");
  const here = await ann.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.equal(here, await picker.getByRole("gridcell").nth(9).getAttribute("aria-label"));
  assert.notEqual(here, first);
  await ann.page.keyboard.press("Escape");
  await picker.waitFor({ state: "hidden" });
  await until(() => ann.page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Add an emoji");
  await ann.composer.fill("");
});

test("marks by key, links by paste, and lists that go on", async () => {
  const { page, composer } = ann;
  await composer.fill("one two");
  await composer.press("Shift+Home");
  await composer.press("Control+b");
  await holds("**one two**");
  await composer.press("Control+b");
  await holds("one two");
  await page.evaluate(() => navigator.clipboard.writeText("https://example.org/x"));
  await composer.press("Control+a");
  await composer.press("Control+v");
  await holds("[one two](https://example.org/x)");
  await composer.fill("- milk");
  await composer.press("Shift+Enter");
  await holds("- milk\n- ");
  await composer.press("Shift+Enter");
  await holds("- milk\n");
  await composer.fill("words");
  await composer.press("Control+a");
  await composer.press("Control+k");
  await holds("[words](https://)");
  await composer.fill("");
  await composer.press("Control+k");
  const switcher = page.getByRole("dialog", { name: /Go to/ });
  await switcher.waitFor();
  await page.keyboard.press("Escape");
  await switcher.waitFor({ state: "hidden" });
});

test("in code Enter makes a new line; Ctrl+Enter sends; Tab goes on to the next control", async () => {
  const { composer } = ann;
  await composer.pressSequentially("```js");
  await composer.press("Enter");
  await composer.pressSequentially("let a;");
  await composer.press("Enter");
  await holds("```js\nlet a;\n");
  await until(() => composer.evaluate((field) => field.classList.contains("in-code")), true);
  await composer.press("Tab");
  assert.notEqual(await ann.page.evaluate(() => document.activeElement.tagName), "TEXTAREA");
  await composer.focus();
  await composer.press("Control+Enter");
  await holds("");
  await ann.page.getByRole("region", { name: "js" }).waitFor();
});

test("who chose so sends with Ctrl+Enter, and Enter begins a new line", async () => {
  const other = await Person.at(browser);
  await other.visit(server.url);
  await other.page.evaluate(() => localStorage.setItem("inkspot.prefs", JSON.stringify({ sendKey: "mod-enter" })));
  await other.page.reload();
  await other.signIn("ann", PASSWORD);
  await other.open("Allotment");
  await other.composer.fill("1. first");
  await other.composer.press("Enter");
  await holds("1. first\n2. ", other);
  await other.composer.pressSequentially("second");
  await other.composer.press("Control+Enter");
  await holds("", other);
  await ann.page.locator("li", { hasText: "second" }).waitFor();
  await other.leave();
});

test("a long text that is pasted can go as a file, and come back", async () => {
  const long = Array.from({ length: 80 }, (_, n) => `row ${n}`).join("\n");
  const { page, composer } = ann;
  await composer.fill("See: ");
  await page.evaluate((text) => navigator.clipboard.writeText(text), long);
  await composer.press("Control+v");
  await holds(`See: ${long}`);
  await page.getByRole("button", { name: "Send it as the file text.txt" }).click();
  await holds("See: ");
  const tray = page.getByRole("list", { name: "Files to send" });
  await tray.getByText("text.txt").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await holds(`See: ${long}`);
  await tray.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Send it as the file text.txt" }).click();
  await tray.getByText(/ready/).first().waitFor();
  await composer.press("Enter");
  await page.getByRole("link", { name: /Download text.txt/ }).waitFor();
});

test("one's words in a line are changed with the same help", async () => {
  await ann.say("Teh beans");
  await ann.seesNote("Teh beans", "Sent");
  await ann.composer.press("ArrowUp");
  const field = ann.page.getByRole("textbox", { name: "Your words" });
  await field.fill("The beans, @bo");
  await offers().getByRole("option", { name: /Bob/ }).waitFor();
  await field.press("Enter");
  await field.press("Enter");
  await field.waitFor({ state: "hidden" });
  assert.equal(await newest(), "The beans, @bob");
});

test("a draft follows from one device to the other, never over what one is writing, and goes when it is sent", async () => {
  const phone = await Person.at(browser, PHONE);
  await phone.visit(server.url);
  await phone.signIn("ann", PASSWORD);
  await ann.composer.fill("from the desk");
  await ann.composer.blur();
  await phone.row(/Allotment/).getByText("from the desk").waitFor();
  await phone.open("Allotment");
  await holds("from the desk", phone);
  await phone.composer.fill("from the desk, and the phone");
  await phone.composer.blur();
  await holds("from the desk, and the phone");
  await ann.composer.focus();
  await phone.composer.fill("the phone again");
  const heard = ann.page.waitForTimeout(0);
  await phone.composer.blur();
  await heard;
  await ann.composer.press("End");
  await ann.composer.pressSequentially("!");
  await holds("from the desk, and the phone!");
  await ann.composer.press("Enter");
  await holds("", phone);
  await until(async () => (await annApi.api("GET", "/api/drafts")).body.drafts, []);
  await phone.leave();
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, options] of Object.entries({ desk: {}, phone: PHONE })) {
    test(`composer, picker and lists can be used by everybody: ${size}, ${colorScheme}`, async () => {
      const person = await Person.at(browser, { colorScheme, reducedMotion: "reduce", ...options });
      const { page } = person;
      const sound = soundOf(page);
      await person.visit(server.url);
      await person.signIn("ann", PASSWORD);
      await person.open("Allotment");
      await sound("what was written");
      await person.composer.pressSequentially("@");
      await offers(person).waitFor();
      await sound("names");
      await person.composer.fill("");
      await person.composer.pressSequentially(":sm");
      await offers(person).waitFor();
      await sound("codes");
      await person.composer.fill("");
      await page.getByRole("button", { name: "Add an emoji" }).click();
      const picker = page.getByRole("dialog", { name: "Emoji" });
      await picker.getByRole("gridcell").first().waitFor();
      await sound("picker");
      if (size === "phone") {
        const box = await picker.boundingBox();
        assert.deepEqual([box.x, box.width, Math.round(box.y + box.height)], [0, 390, 844]);
        for (const each of await page.locator(".write-line button").all()) assert.ok((await each.boundingBox()).height >= 44);
      }
      await person.leave();
    });
  }
}
