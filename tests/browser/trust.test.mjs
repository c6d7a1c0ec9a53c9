// How a device comes to trust a server: the page for it, in browsers that really don't trust it, and then do.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { TestServer } from "../js/lib/server.mjs";

const run = promisify(execFile);
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const AGENTS = {
  ios: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  android: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
  windows: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
  mac: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
};
const TITLES = { en: "Let this device trust", de: "Diesem Gerät", es: "Haz que este dispositivo", zh: "让这台设备信任", ar: "اجعل هذا الجهاز" };

let home, server, browser;

/** A browser of a person whose home is this folder: whom the system trusts is kept there. */
const open = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"], env: { ...process.env, HOME: home } });

const store = () => `sql:${path.join(home, ".pki/nssdb")}`;

before(async () => {
  home = await mkdtemp(path.join(tmpdir(), "inkspot-home-"));
  await mkdir(path.join(home, ".pki/nssdb"), { recursive: true });
  await run("certutil", ["-N", "--empty-password", "-d", store()]);
  server = await TestServer.start({ args: ["--plain-listen", "127.0.0.1:0", "--name", "Rowan <house>"] });
  browser = await open();
});
after(async () => {
  await browser.close();
  await server.close();
  await rm(home, { recursive: true, force: true });
});

/** The page, as somebody with these habits sees it. */
async function visit(options) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1440, height: 900 }, ...options });
  if (options?.fingers) await context.addInitScript((most) => Object.defineProperty(Navigator.prototype, "maxTouchPoints", { get: () => most }), options.fingers);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => /Content Security Policy/i.test(message.text()) && faults.push(message.text()));
  await page.goto(`${server.plainUrl}/trust`);
  const leave = async () => {
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, leave };
}

const opened = (page) => page.evaluate(() => [...document.querySelectorAll("details[open]")].map((each) => each.id));

test("the steps of the system that is used are open and the first ones", async () => {
  for (const [system, userAgent] of Object.entries(AGENTS)) {
    const { page, leave } = await visit({ userAgent });
    assert.deepEqual(await opened(page), [system]);
    assert.equal(await page.evaluate(() => document.querySelector("details").id), system);
    await leave();
  }
  // It says that it is a Mac.
  const { page, leave } = await visit({ userAgent: AGENTS.mac, fingers: 5, viewport: { width: 820, height: 1180 } });
  assert.deepEqual(await opened(page), ["ios"]);
  assert.equal(await page.evaluate(() => document.querySelector("details").id), "ios");
  await leave();
});

test("it speaks the browser's language, or the chosen one, and fits a phone in both papers", async () => {
  for (const [tag, title] of Object.entries(TITLES)) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, leave } = await visit({ ...PHONE, locale: tag, colorScheme, userAgent: AGENTS.android });
      const heading = page.getByRole("heading", { level: 1 });
      assert.match(await heading.innerText(), new RegExp(title));
      assert.match(await heading.innerText(), /Rowan <house>/);
      assert.equal(await page.evaluate(() => document.dir), tag === "ar" ? "rtl" : "ltr");
      await page.locator("details").evaluateAll((all) => all.forEach((each) => (each.open = true)));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 390, `${tag}: ${wide} wide`);
      await page.locator("[data-when=no]").waitFor();
      const { violations } = await page.evaluate(`${AXE}; axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] })`);
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), [], `${tag}, ${colorScheme}`);
      await leave();
    }
  }
  const { page, leave } = await visit({ locale: "de" });
  await page.getByRole("link", { name: "Español" }).click();
  await page.getByRole("heading", { level: 1, name: TITLES.es }).waitFor();
  await leave();
});

test("what Apple's systems install is a property list with the authority in it", async () => {
  const { page, leave } = await visit({ userAgent: AGENTS.ios, ...PHONE });
  const file = path.join(home, "inkspot.mobileconfig");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download the profile" }).click()]);
  await download.saveAs(file);
  await leave();
  const read = "import plistlib, sys, json; p = plistlib.load(open(sys.argv[1], 'rb')); c = p['PayloadContent'][0]; print(json.dumps([p['PayloadType'], p['PayloadDisplayName'], c['PayloadType'], c['PayloadContent'].hex()]))";
  const [kind, name, inside, der] = JSON.parse((await run("python3", ["-c", read, file])).stdout);
  assert.deepEqual([kind, name, inside], ["Configuration", "Rowan <house>", "com.apple.security.root"]);
  const pem = server.ca.replace(/-----[^-]+-----|\s/g, "");
  assert.equal(der, Buffer.from(pem, "base64").toString("hex"));
});

test("the page sees by itself, with and without script, whether the device trusts the server", async () => {
  const before = await visit();
  await before.page.getByText("This device does not trust").waitFor();
  await before.leave();
  const image = (page) => page.locator("noscript img, #check img").evaluate((it) => it.complete && it.naturalWidth > 0);
  const plain = await visit({ javaScriptEnabled: false });
  assert.match(await plain.page.locator("#check noscript").innerText(), /If a tick stands here/);
  assert.equal(await image(plain.page), false);
  await plain.leave();
  // It does not look away, either, when the app itself can't be opened.
  await browser.close();
  await run("certutil", ["-A", "-d", store(), "-t", "C,,", "-n", "inkspot", "-i", server.caFile]);
  browser = await open();
  const trusting = await visit();
  await trusting.page.locator("[data-when=yes]").getByText("This device trusts").waitFor();
  await trusting.page.locator("[data-when=yes]").getByRole("link").click();
  await trusting.page.waitForURL(`${server.url}/**`);
  await trusting.leave();
  const again = await visit({ javaScriptEnabled: false });
  await again.page.waitForLoadState("load");
  assert.equal(await image(again.page), true);
  await again.leave();
});

test("a page that waits notices when the server is trusted", async () => {
  // The server is out of reach until it is let through; to the page that is the same.
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  let reached = false;
  await page.route("**/trust/mark.svg", (route) => (reached ? route.continue() : route.abort()));
  await page.goto(`${server.plainUrl}/trust`);
  await page.getByText("This device does not trust").waitFor();
  reached = true;
  await page.locator("[data-when=yes]").getByText("This device trusts").waitFor();
  assert.equal(await page.locator("#check").getAttribute("role"), "status");
  await context.close();
});
