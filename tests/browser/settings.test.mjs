// One's own settings, the shortcuts and the connection doctor.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";
import { soundOf } from "./sound.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser, server;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["root", "ann", "bob"] });
  const root = await server.signIn("root");
  const room = (await root.api("POST", "/api/conversations", { title: "Allotment", isGroup: true, members: ["ann"] })).body.id;
  await root.api("POST", "/api/messages/realtime", { conversationId: room, content: "Did the beans come up?" });
});
after(async () => {
  await browser.close();
  await server.close();
});

const at = (path) => new URL(path, server.url).href;

async function signedIn(options, name = "ann") {
  const ann = await Person.at(browser, options);
  await ann.visit(server.url);
  await ann.signIn(name, PASSWORD);
  return ann;
}

/** What the document wears. */
const dress = (page) => page.evaluate(() => ({ ...document.documentElement.dataset }));

test("a choice counts at once, in all tabs, and after a reload", async () => {
  const ann = await signedIn();
  const other = await ann.context.newPage();
  await other.goto(at("/settings"));
  await ann.visit(at("/settings/appearance"));
  const height = () => ann.row(/^Allotment/).evaluate((row) => row.getBoundingClientRect().height);
  const before = await height();
  for (const name of ["Dark", "Green", "Compact", "Largest"]) await ann.page.getByRole("radio", { name }).check({ force: true });
  const wanted = { theme: "dark", ink: "green", density: "compact", textSize: "largest" };
  const wears = async (page) => Object.fromEntries(Object.entries(await dress(page)).filter(([key]) => key in wanted));
  assert.deepEqual(await wears(ann.page), wanted);
  await other.waitForFunction(() => document.documentElement.dataset.density === "compact");
  assert.deepEqual(await wears(other), wanted);
  await ann.page.getByRole("radio", { name: "Normal" }).check({ force: true });
  assert.ok((await height()) < before, "compact rows are lower");
  await ann.page.reload();
  await ann.page.getByRole("heading", { name: "Appearance" }).waitFor();
  assert.equal((await dress(ann.page)).ink, "green");
  await ann.leave();
});

test("a part has an address, takes the focus, and is marked while it is in view", async () => {
  const ann = await signedIn();
  await ann.visit(at("/settings/password"));
  const parts = ann.page.getByRole("navigation", { name: "Parts of this page" });
  await parts.getByRole("link", { name: "Password", exact: true }).and(ann.page.locator("[aria-current]")).waitFor();
  await until(() => ann.page.evaluate(() => document.activeElement?.textContent), "Password");
  await parts.getByRole("link", { name: "You" }).click();
  await ann.page.waitForURL("**/settings/profile");
  await ann.page.locator(".settings-scroll").evaluate((box) => box.scrollTo(0, document.getElementById("notifications").offsetTop));
  await parts.getByRole("link", { name: "Notifications" }).and(ann.page.locator("[aria-current]")).waitFor();
  await ann.leave();
});

test("a wrong current password is said at its field, and a right one changes it", async () => {
  const bob = await signedIn({}, "bob");
  await bob.visit(at("/settings/password"));
  const field = (name) => bob.page.getByRole("textbox", { name });
  await field("Current password").fill("not this one");
  await field("New password").fill("bob12345");
  await bob.seesText("Weak: it has your name in it.");
  await field("New password").fill(`${PASSWORD} too`);
  await bob.seesText("Strong.");
  await bob.page.getByRole("button", { name: "Change the password" }).click();
  await bob.seesText("That is not your current password.");
  assert.equal(await field("Current password").getAttribute("aria-invalid"), "true");
  await field("Current password").fill(PASSWORD);
  await bob.page.getByRole("button", { name: "Change the password" }).click();
  await bob.seesText("The password is changed.");
  await until(() => field("Current password").inputValue(), "");
  await bob.leave();
});

test("the shortcuts open by ? outside of fields and by Ctrl+/ everywhere", async () => {
  const ann = await signedIn();
  await ann.open(/^Allotment/);
  const sheet = ann.page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await ann.composer.press("Shift+?");
  await ann.page.keyboard.press("Control+/");
  await sheet.waitFor();
  await ann.page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  assert.ok((await ann.composer.inputValue()).startsWith("?"), "a question mark is written");
  await ann.composer.fill("");
  await ann.row(/^Allotment/).focus();
  await ann.page.keyboard.press("Shift+?");
  await sheet.getByText("Search all messages").waitFor();
  await ann.leave();
});

test("the doctor finds what works, and says when WebSockets are blocked", async () => {
  const ann = await Person.at(browser);
  const finding = (text) => ann.page.getByRole("listitem").filter({ hasText: text });
  await ann.visit(at("/doctor"));
  for (const text of ["The server answers in", "over a WebSocket", "clock here and that of the server agree", "as new as the server", "keeps what you write"]) await finding(text).waitFor();
  await ann.page.routeWebSocket(/socketio/, (socket) => socket.close());
  await ann.page.getByRole("button", { name: "Look again" }).click();
  await finding("something blocks WebSockets").waitFor();
  await ann.page.route("**/api/health", (route) => route.abort());
  await ann.page.getByRole("button", { name: "Look again" }).click();
  await finding("The server does not answer").waitFor();
  await ann.leave();
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, options] of Object.entries({ desk: {}, phone: PHONE })) {
    test(`nothing is in anybody's way: ${size}, ${colorScheme}`, async () => {
      const ann = await signedIn({ colorScheme, reducedMotion: "reduce", ...options });
      const sound = soundOf(ann.page);
      await ann.visit(at("/settings/keyboard"));
      await ann.page.getByText("All shortcuts").click();
      await ann.seesText("This device");
      await sound("settings");
      await ann.visit(at("/doctor"));
      await ann.seesText("The server answers in");
      await sound("doctor");
      await ann.leave();
    });
  }
}

test("a new account is shown the first steps once, and they are in nobody's way", async () => {
  const ann = await signedIn({ tour: true });
  const tour = ann.page.getByRole("complementary", { name: "First steps" });
  await tour.getByRole("heading", { name: "The line beside your words is yours." }).waitFor();
  await soundOf(ann.page)("first steps");
  await ann.open(/^Allotment/);
  await tour.waitFor({ state: "detached" });
  await ann.visit(server.url);
  await tour.getByRole("button", { name: "Next" }).click();
  await tour.getByRole("button", { name: "Begin" }).click();
  await tour.waitFor({ state: "detached" });
  await ann.page.reload();
  await ann.row(/^Allotment/).waitFor();
  assert.equal(await tour.count(), 0);
  await ann.leave();
});
