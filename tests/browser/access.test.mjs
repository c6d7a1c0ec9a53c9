// Every screen, in light and dark, at a desk and on a phone: no violation of WCAG 2.2 A and AA that axe-core can find.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person } from "./people.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser, server, ann, bob;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["ann", "bob"] });
  ann = await server.signIn("ann");
  bob = await server.signIn("bob");
  const room = (await ann.api("POST", "/api/conversations", { title: "Allotment", isGroup: true, members: ["bob"] })).body.id;
  await bob.api("POST", "/api/messages/realtime", { conversationId: room, content: "See https://example.org/gauge" });
  await ann.api("POST", "/api/messages/realtime", { conversationId: room, content: "ليلى" });
  await bob.api("POST", "/api/messages/realtime", { conversationId: room, content: "Not read yet" });
  await ann.api("POST", "/api/conversations", { title: "Nothing in it", isGroup: true, members: ["bob"] });
});
after(async () => {
  await browser.close();
  await server.close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, options] of Object.entries({ desk: {}, phone: PHONE })) {
    test(`before one is in: ${size}, ${colorScheme}`, async () => {
      const person = await Person.at(browser, { colorScheme, reducedMotion: "reduce", ...options });
      const { page } = person;
      const sound = soundOf(page);
      const invitation = (await ann.api("POST", "/api/invites", {})).body;
      await person.visit(server.url);
      await page.getByRole("button", { name: "Sign in" }).click();
      await person.seesText("Type your name and your password.");
      await sound("sign in, refused");
      await person.visit(new URL(`/invite/${invitation.code}`, server.url).href);
      await page.getByRole("textbox", { name: "Your name" }).fill("Wren Calloway");
      await page.getByRole("textbox", { name: "Password" }).fill("short");
      await page.getByRole("button", { name: "Come in" }).click();
      await person.seesText("That is too short");
      await sound("invitation, refused");
      await person.visit(new URL("/invite/none", server.url).href);
      await person.seesText("no longer works");
      await sound("invitation that is gone");
      await person.visit(new URL("/setup?token=none", server.url).href);
      await person.seesText("already set up");
      await sound("setup that is done");
      await person.leave();
    });

    test(`one's conversations: ${size}, ${colorScheme}`, async () => {
      const person = await Person.at(browser, { colorScheme, reducedMotion: "reduce", ...options });
      const { page } = person;
      const sound = soundOf(page);
      const press = (name) => page.getByRole("button", { name, exact: true }).last().click();
      const home = () => person.visit(server.url).then(() => person.row("Nothing in it").waitFor());
      await person.visit(server.url);
      await person.signIn("ann", PASSWORD);
      await sound("list");
      await person.open("Nothing in it");
      await sound("empty conversation");
      await home();
      await person.open(/^Allotment/);
      await person.sees("Not read yet");
      await person.composer.fill("x".repeat(8_001));
      await sound("conversation");
      await person.composer.fill("");
      await press("About this conversation");
      await press("Change bob");
      await sound("details");
      await press("Invite by link");
      await press("Make the invitation");
      await page.getByRole("img", { name: "QR code of the invitation link" }).waitFor();
      await sound("invitation");
      await home();
      await press("New conversation");
      await page.getByRole("checkbox", { name: /bob/ }).check();
      await press("Make it a group");
      await sound("new conversation");
      await person.visit(new URL("/settings", server.url).href);
      await page.getByText("This device").waitFor();
      await sound("settings");
      await person.visit(new URL("/people", server.url).href);
      await press("Change bob");
      await sound("people");
      await press("Disable bob");
      await sound("a question");
      await page.keyboard.press("Escape");
      await person.visit(new URL("/nowhere", server.url).href);
      await person.seesText("There is nothing at this address");
      await sound("nothing there");
      await home();
      await person.open(/^Allotment/);
      await person.context.setOffline(true);
      await page.getByRole("button", { name: "Try now" }).waitFor();
      await person.say("Later");
      await person.seesNote("Later", /Waiting to send/);
      await sound("without a connection");
      await person.leave();
    });
  }
}

/** Checks what is on the screen: axe-core's rules, nothing wider than the screen, and on a phone targets of 44 px. */
function soundOf(page) {
  return async (screen) => {
    await page.evaluate(() => document.fonts.ready);
    // The page's policy forbids foreign scripts; the devtools protocol evaluates them all the same.
    if (await page.evaluate(() => window.axe === undefined)) await page.evaluate(AXE);
    const found = await page.evaluate(examine, RULES);
    assert.deepEqual(found, [], screen);
  };
}

/** Runs in the page. */
async function examine(rules) {
  const { violations, passes } = await window.axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
  if (passes.length === 0) found.push("no rule looked at anything");
  if (document.documentElement.scrollWidth > innerWidth) found.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
  const floating = [...document.querySelectorAll("dialog[open]")].at(-1);
  const touched = innerWidth <= 720 ? (floating ?? document).querySelectorAll("button, a, input, textarea, .segments label") : [];
  for (const element of touched) {
    const box = (element.closest("label") ?? element).getBoundingClientRect();
    const inWords = element.closest("p, .words") !== null;
    if (inWords || box.width < 2 || (box.width >= 44 && box.height >= 44)) continue;
    found.push(`small target: ${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`);
  }
  return found;
}
