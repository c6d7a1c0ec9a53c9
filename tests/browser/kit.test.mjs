// The kit: every component in each of its states, sound for everybody in every look that one may choose, and in no build.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { FLOATING, LOOKS, openKit, serveKit } from "./kit.mjs";
import { openBrowser } from "./people.mjs";
import { soundOf } from "./sound.mjs";

let browser, kit;

before(async () => {
  [browser, kit] = await Promise.all([openBrowser(), serveKit()]);
});
after(async () => {
  await browser.close();
  await kit.close();
});

for (const [name, look] of Object.entries(LOOKS)) {
  test(`every state: ${name}`, async () => {
    const { page, close } = await openKit(browser, kit.url, look);
    const faults = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    assert.ok((await page.getByRole("article").count()) > 20, "lines");
    assert.ok((await page.getByRole("textbox", { name: "Message" }).count()) > 4 || look.prefs?.language, "composers");
    await soundOf(page)("the kit");
    assert.deepEqual(faults, []);
    await close();
  });
}

test("what floats: at a desk and on a phone", async () => {
  for (const look of ["desk-light", "phone-dark"]) {
    const { page, close } = await openKit(browser, kit.url, LOOKS[look], "nothing");
    for (const open of FLOATING) {
      await page.getByRole("button", { name: open, exact: true }).click();
      await page.locator("dialog[open], [popover]:popover-open, .tour, .update").first().waitFor();
      await soundOf(page)(`${open}, ${look}`);
      await page.keyboard.press("Escape");
      await page.locator("dialog[open], [popover]:popover-open").waitFor({ state: "detached" });
    }
    await close();
  }
});

test("no build has the kit", async () => {
  const dist = new URL("../../assets/dist/assets/", import.meta.url);
  const scripts = (await readdir(dist)).filter((name) => name.endsWith(".js.br") || name.endsWith(".css.br"));
  assert.ok(scripts.length > 5);
  for (const name of scripts) assert.ok(!brotliDecompressSync(await readFile(new URL(name, dist))).toString().includes("kit-title"), name);
});
