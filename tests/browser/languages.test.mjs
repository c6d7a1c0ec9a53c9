// Five languages on every screen: in the person's own from the first draw on, changed without a loss, right to left where it is read so.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person } from "./people.mjs";
import { soundOf } from "./sound.mjs";
import { furnish, LOCALES, PHONE, TITLE, walk } from "./walk.mjs";
import { LANGUAGES, speaker, wordsOf } from "./words.mjs";

let browser, server, ann, bob;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob"], args: ["--name", "Rowan"] });
  ann = await server.signIn("ann");
  bob = await server.signIn("bob");
  await furnish(server, ann, bob);
});
after(async () => {
  await browser.close();
  await server.close();
});

/** The English sentences that say something else in this language: none may be seen in it. */
function foreignTo(language) {
  const own = wordsOf(language);
  const flat = (message) => (typeof message === "string" ? [message] : Object.values(message));
  const known = new Set(Object.values(own).flatMap(flat));
  // Short words may be somebody's name, or be the same in many languages.
  return Object.values(wordsOf("en")).flatMap(flat).filter((text) => !known.has(text) && text.length > 3 && !text.includes("{"));
}

/** Everything the page says now, also what only readers of screens are told. Runs in the page. */
function said() {
  const texts = [];
  for (const element of document.body.querySelectorAll("*:not(script, style)")) {
    // Operators of a search and the server's own English stay as they are.
    if (element.closest("code, [lang=en]:not(html)")) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.push(node.data.trim());
    for (const name of ["aria-label", "title", "placeholder", "alt"]) texts.push(element.getAttribute(name)?.trim() ?? "");
  }
  return texts;
}

/** What is cut off or stands out at the sides. Runs in the page. */
function clipped() {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
  const floating = [...document.querySelectorAll("dialog[open]")].at(-1);
  for (const element of (floating ?? document.body).querySelectorAll("button, a, label, legend, h1, h2, h3, p, dt, dd, summary, select, .segments, .hint, .error")) {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    // What only screen readers see, and what is there to be scrolled, is as wide as it likes.
    if (box.width < 2 || style.visibility === "hidden" || element.closest(".vh, pre") || scrolls(element)) continue;
    const what = `${element.tagName.toLowerCase()}.${element.className} “${element.innerText?.slice(0, 60)}”`;
    if (box.left < -1 || box.right > innerWidth + 1) found.push(`stands out: ${what}`);
    // Words of the page itself keep a distance from its sides.
    const text = document.createRange();
    text.selectNodeContents(element);
    const { left, right, width } = text.getBoundingClientRect();
    if (element.matches("p, dt, dd, h1, h2, h3") && style.overflowX === "visible" && width > 0 && element.innerText?.trim() && (left < 6 || right > innerWidth - 6)) found.push(`at the very edge: ${what}`);
    const cuts = style.overflowX !== "visible" && style.textOverflow !== "ellipsis";
    if (cuts && element.scrollWidth > element.clientWidth + 1) found.push(`cut off: ${what}`);
    // A button's or a field's own words are never shortened.
    if (element.matches("button, label, legend, h2, h3") && style.textOverflow === "ellipsis" && element.scrollWidth > element.clientWidth + 1) found.push(`shortened: ${what}`);
  }
  return found;

  function scrolls(element) {
    for (let at = element.parentElement; at !== null; at = at.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth && at !== document.scrollingElement) return true;
    }
    return false;
  }
}

for (const language of LANGUAGES) {
  test(`every screen on a phone: ${language}`, async () => {
    const foreign = new Set(language === "en" ? [] : foreignTo(language));
    await walk(browser, server, language, PHONE, async ({ page }, screen) => {
      await page.evaluate(() => document.fonts.ready);
      assert.deepEqual(await page.evaluate(clipped), [], `${screen} in ${language}`);
      assert.deepEqual((await page.evaluate(said)).filter((text) => foreign.has(text)), [], `${screen} in ${language}`);
      const { lang, dir } = await page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir }));
      assert.deepEqual({ lang, dir }, { lang: LOCALES[language], dir: language === "ar" ? "rtl" : "ltr" });
    });
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const [size, options] of Object.entries({ desk: {}, phone: PHONE })) {
    test(`every screen from right to left: ${size}, ${colorScheme}`, async () => {
      await walk(browser, server, "ar", { colorScheme, ...options }, ({ page }, screen) => soundOf(page)(screen));
    });
  }
}

test("the first thing that is drawn is in the browser's language", async () => {
  const person = await Person.at(browser, { locale: "de-AT" });
  const { page } = person;
  await page.addInitScript(() => {
    window.seen = new Set();
    new MutationObserver(() => document.querySelectorAll("main *").forEach((each) => window.seen.add(each.textContent))).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await person.visit(server.url);
  await page.getByRole("heading", { name: speaker("de")("signin.title") }).waitFor();
  const seen = await page.evaluate(() => [...window.seen]);
  assert.ok(seen.includes(speaker("de")("signin.title")));
  assert.deepEqual(seen.filter((text) => foreignTo("de").includes(text)), []);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de-AT");
  await person.leave();
});

test("before one is in the language can be chosen, by its own name, and it is remembered", async () => {
  const person = await Person.at(browser, { locale: "en-GB" });
  const { page } = person;
  await person.visit(server.url);
  for (const path of ["/", "/setup?token=none", "/invite/none", "/reset/none", "/doctor"]) {
    await person.visit(new URL(path, server.url).href);
    await page.getByRole("combobox", { name: "Language" }).waitFor();
  }
  await person.visit(server.url);
  await page.getByRole("combobox", { name: "Language" }).selectOption({ label: "Deutsch" });
  await page.getByRole("button", { name: speaker("de")("signin.go") }).waitFor();
  await page.getByRole("combobox", { name: "Sprache" }).selectOption({ label: "العربية" });
  await page.locator("html[dir=rtl]").waitFor();
  await page.reload();
  await page.getByRole("button", { name: speaker("ar")("signin.go") }).waitFor();
  await person.leave();
});

test("English stands in for words that can't be loaded, and leaves when they can", async () => {
  const person = await Person.at(browser, { locale: "es-MX" });
  const { page } = person;
  await page.route(/\/assets\/es-[^/]*\.js$/, (route) => route.abort());
  await person.visit(server.url);
  await page.getByRole("heading", { name: "Welcome back." }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en-GB");
  await page.unroute(/\/assets\/es-[^/]*\.js$/);
  await person.visit(server.url);
  await page.getByRole("heading", { name: speaker("es")("signin.title") }).waitFor();
  await person.leave();
});

test("changing the language redraws everything and loses nothing", async () => {
  const person = await Person.at(browser);
  const { page } = person;
  await person.visit(server.url);
  await person.signIn("ann", PASSWORD);
  await person.open(TITLE);
  await person.composer.fill("half a sent");
  await page.evaluate(() => (window.sameDocument = true));
  const choose = async (from, to) => {
    const t = speaker(from);
    await page.getByRole("link", { name: t("me.settings") }).first().click();
    await page.getByRole("combobox", { name: t("settings.languageLabel") }).selectOption(to);
    const next = speaker(to);
    await page.getByRole("combobox", { name: next("settings.languageLabel") }).waitFor();
    await page.getByRole("navigation", { name: next("list.label") }).getByRole("link", { name: TITLE }).click();
    await page.getByText("The beans").last().waitFor();
    assert.equal(await page.getByRole("textbox", { name: next("write.label"), exact: true }).inputValue(), "half a sent");
    const foreign = new Set(foreignTo(to));
    assert.deepEqual((await page.evaluate(said)).filter((text) => foreign.has(text)), []);
  };
  const sides = () =>
    page.evaluate(() => {
      const middle = (selector) => ((box) => box.left + box.width / 2)(document.querySelector(selector).getBoundingClientRect());
      return { list: middle("nav") < middle("main"), send: middle(".write-box button:last-of-type") > middle(".write-box"), mirrored: getComputedStyle(document.querySelector(".icon-send")).transform, search: getComputedStyle(document.querySelector(".icon-search")).transform };
    });
  const before = await sides();
  assert.deepEqual([before.list, before.send], [true, true]);
  await choose("en", "ar");
  const after = await sides();
  assert.deepEqual([after.list, after.send], [false, false], "the layout is mirrored");
  assert.notEqual(after.mirrored, before.mirrored);
  assert.equal(after.search, before.search, "a lens is not mirrored");
  await choose("ar", "de");
  const day = new Intl.DateTimeFormat("de", { dateStyle: "full" }).format(new Date());
  assert.equal(await page.locator(`time[title*="${day}"], [title*="${day}"]`).count() > 0, true, "dates are German");
  assert.equal(await page.evaluate(() => window.sameDocument), true, "all in one document");
  await page.reload();
  await page.getByRole("textbox", { name: speaker("de")("write.label"), exact: true }).waitFor();
  await person.leave();
});

test("what the server sees around itself is said in every language, and what a page does not know in the server's English", async () => {
  const health = (await ann.api("GET", "/api/admin/health")).body;
  assert.equal(health.checks.length, 13);
  for (const language of LANGUAGES) {
    const t = speaker(language);
    const person = await Person.at(browser, { locale: LOCALES[language], ...PHONE });
    const { page } = person;
    await page.route("**/api/admin/health", async (route) => {
      const json = structuredClone(health);
      const set = (id, check) => Object.assign(json.checks.find((each) => each.id === id), { state: "fail", remedy: "English" }, check);
      set("data", { code: "data-open", facts: { path: "/srv/ink", mode: "755" } });
      set("memory", { code: "from-the-future", detail: "A newer server says this.", remedy: "Do that." });
      await route.fulfill({ json });
    });
    await person.visit(server.url);
    await page.getByRole("textbox", { name: t("signin.name"), exact: true }).fill("ann");
    await page.getByRole("textbox", { name: t("door.password"), exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: t("signin.go"), exact: true }).last().click();
    await page.getByRole("navigation", { name: t("list.label") }).getByRole("link", { name: TITLE }).waitFor();
    await person.visit(new URL("/admin/server", server.url).href);
    const lines = page.locator(".around .finding");
    await lines.nth(12).waitFor();
    assert.deepEqual(await lines.locator("[lang=en]").allInnerTexts(), ["A newer server says this.", "Do that."]);
    const data = lines.filter({ hasText: t("admin.check.data") });
    assert.deepEqual(await data.locator("code").allInnerTexts(), ["/srv/ink", "755", "chmod 700 /srv/ink"]);
    const remedy = t("data-open.help").replace("`chmod 700 `", "chmod 700 /srv/ink");
    assert.equal(await data.locator(".remedy").innerText(), remedy);
    const foreign = new Set(foreignTo(language));
    assert.deepEqual((await page.evaluate(said)).filter((text) => foreign.has(text)), []);
    assert.deepEqual(await page.evaluate(clipped), []);
    await person.leave();
  }
});
