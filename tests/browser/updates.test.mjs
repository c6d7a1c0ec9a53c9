// A newer version on the server: one is asked, all tabs follow once, nothing that was begun is lost, nothing old stays.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { newerBundle, VERSION } from "./bundles.mjs";
import { openBrowser, Person, until } from "./people.mjs";

let browser, server, bundle, ann, bob, room;
const tabs = [];
/** How often each tab's document was loaded. */
const loads = new Map();

before(async () => {
  // A worker is only taken from a server whose certificate is trusted.
  browser = await openBrowser(["--ignore-certificate-errors"]);
  server = await TestServer.start({ users: ["ann", "bob"] });
  bundle = await newerBundle("Write to {title}", "Now write to {title}");
  bob = await server.signIn("bob");
  room = (await bob.api("POST", "/api/conversations", { title: "Trip", isGroup: true, members: ["ann"] })).body.id;
  ann = await Person.at(browser);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  await ann.open("Trip");
  await ann.say("as it was");
  await ann.seesNote("as it was", "Sent");
  // The first tab was there before the worker, the others come after it.
  await ann.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
  });
  tabs.push(ann);
  for (let i = 0; i < 2; i++) {
    const tab = Object.assign(new Person(), { context: ann.context, page: await ann.context.newPage() });
    await tab.visit(ann.page.url());
    await tab.heads("Trip");
    tabs.push(tab);
  }
  for (const tab of tabs) {
    loads.set(tab, 0);
    tab.page.on("domcontentloaded", () => loads.set(tab, loads.get(tab) + 1));
  }
});
after(async () => {
  await ann.leave();
  await browser.close();
  await server.close();
  await rm(bundle, { recursive: true, force: true });
});

test("the server is updated: every tab says so, and nothing happens by itself", async () => {
  await server.end();
  server.env = { INKSPOT_BUNDLE: bundle };
  await server.boot();
  await ann.reconnects();
  for (const tab of tabs) await tab.page.getByText("A newer Inkspot is ready.").waitFor();
  for (const tab of tabs) assert.equal(await tab.composer.getAttribute("placeholder"), "Write to Trip");
  assert.deepEqual([...loads.values()], [0, 0, 0]);
});

test("one accepts it in one tab: all reload once into the new one; the draft, the change under way and what waits are there", async () => {
  const [first, second, third] = tabs;
  await first.composer.fill("half a thou");
  await second.line("as it was").hover();
  await second.line("as it was").getByRole("button", { name: "More about this line" }).click();
  await second.page.getByRole("menuitem", { name: "Edit" }).click();
  await second.page.getByRole("textbox", { name: "Your words" }).fill("as it should be");
  // Without a server: what is new has been kept already.
  await server.end();
  await third.page.getByRole("group", { name: "Reconnecting" }).waitFor();
  await third.composer.fill("written without a server");
  await third.composer.press("Enter");
  await third.seesNote("written without a server", "Waiting to send");
  await first.composer.fill("half a thought");

  await first.page.getByRole("button", { name: "Open it" }).click();
  for (const tab of tabs) {
    await tab.page.waitForFunction(() => document.querySelector('[aria-label="Message"]')?.getAttribute("placeholder") === "Now write to Trip");
    await tab.seesNote("written without a server", "Waiting to send");
    assert.equal(await tab.page.getByText("A newer Inkspot is ready.").count(), 0);
  }
  await first.holds("half a thought");
  assert.equal(await second.page.getByRole("textbox", { name: "Your words" }).inputValue(), "as it should be");
  await server.boot();
  await first.reconnects();
  for (const tab of tabs) await tab.seesNote("written without a server", "Sent");
  const { body } = await bob.api("GET", `/api/conversations/${room}/messages`);
  assert.deepEqual(body.messages.map((message) => message.content), ["as it was", "written without a server"]);
  assert.deepEqual([...loads.values()], [1, 1, 1]);
  await second.page.getByRole("button", { name: "Save" }).click();
  await first.sees("as it should be");
});

test("no old code is left: neither running nor kept", async () => {
  for (const tab of tabs) {
    const hashes = await running(tab);
    assert.ok(hashes.length > 3);
    assert.deepEqual(hashes.filter((hash) => !/[xy]$/.test(hash)), []);
  }
  await until(() => caches(ann), ([name, ...more]) => name.endsWith(VERSION) && more.length === 0);
});

/** The caches of this browser by name. */
const caches = (tab) => tab.page.evaluate(() => globalThis.caches.keys());

/** The hashes in the names of all scripts and styles that were loaded in a tab. */
const running = (tab) =>
  tab.page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map((entry) => /\/assets\/.*-([\w-]{8})\.(?:js|css)$/.exec(entry.name)?.[1])
      .filter((hash) => hash !== undefined),
  );
