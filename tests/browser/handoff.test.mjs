// A phone is signed in from the desk: nothing is typed there, and the desk sees it at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until } from "./people.mjs";

const PHONE = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
};

let browser, server;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["root", "ann", "bob"], args: ["--plain-listen", "127.0.0.1:0"] });
  const root = await server.signIn("root");
  await root.api("POST", "/api/conversations", { title: "Allotment", isGroup: true, members: ["ann", "bob"] });
});
after(async () => {
  await browser.close();
  await server.close();
});

const at = (path) => new URL(path, server.url).href;

async function atTheDesk(name = "ann") {
  const person = await Person.at(browser);
  await person.visit(server.url);
  await person.signIn(name, PASSWORD);
  await person.visit(at("/settings/devices"));
  return person;
}

/** Makes a code; resolves to its link, as this server is reached here. */
async function codeOf(person) {
  await person.page.getByRole("button", { name: "Add a device" }).click();
  const dialog = person.page.getByRole("dialog", { name: "Add a device" });
  await dialog.getByRole("textbox", { name: "Current password" }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Make the code" }).click();
  await dialog.getByRole("img", { name: "QR code of the link for the other device" }).waitFor();
  const link = await dialog.getByText(/\/handoff\//).innerText();
  return { dialog, link: at(new URL(link).pathname) };
}

test("a phone comes in by the code, the desk says so and can sign it out", async () => {
  const ann = await atTheDesk();
  const { dialog, link } = await codeOf(ann);
  assert.match(await dialog.getByRole("timer").innerText(), /Works for [45]:\d\d more\./);
  assert.match(await dialog.innerText(), /http:\/\/127\.0\.0\.1:\d+\/trust/);
  const phone = await Person.at(browser, PHONE);
  await phone.visit(link);
  await phone.page.getByRole("heading", { name: "Sign in here as ann?" }).waitFor();
  await phone.page.getByRole("button", { name: "Sign in" }).click();
  await phone.row(/^Allotment/).waitFor();
  await dialog.getByText("Safari on iPhone is signed in now.").waitFor();
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  const end = ann.page.getByRole("button", { name: "Sign out Safari on iPhone" });
  await end.click();
  await ann.page.getByRole("dialog", { name: "Sign out Safari on iPhone" }).getByRole("button", { name: "Sign out" }).click();
  await phone.page.getByRole("button", { name: "Sign in" }).waitFor();
  await end.waitFor({ state: "detached" });

  // Once is once.
  await phone.visit(link);
  await phone.page.getByRole("heading", { name: "This link no longer works." }).waitFor();
  await phone.leave();
  await ann.leave();
});

test("a wrong password makes no code, and cancelling takes it back", async () => {
  const ann = await atTheDesk();
  await ann.page.getByRole("button", { name: "Add a device" }).click();
  const dialog = ann.page.getByRole("dialog", { name: "Add a device" });
  await dialog.getByRole("textbox", { name: "Current password" }).fill("not hers at all");
  await dialog.getByRole("button", { name: "Make the code" }).click();
  await dialog.getByText("That is not your current password. Type it again.").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  const code = await codeOf(ann);
  const phone = await Person.at(browser, PHONE);
  await phone.visit(code.link);
  await phone.page.getByRole("heading", { name: "Sign in here as ann?" }).waitFor();
  const taken = ann.page.waitForResponse((answer) => answer.request().method() === "DELETE" && answer.url().endsWith("/api/auth/handoff"));
  await code.dialog.getByRole("button", { name: "Cancel" }).click();
  await taken;
  await phone.page.getByRole("button", { name: "Sign in" }).click();
  await phone.page.getByRole("heading", { name: "This link no longer works." }).waitFor();
  await phone.leave();
  await ann.leave();
});

test("who is signed in already is asked first, and a device that is one's own needs nothing", async () => {
  const ann = await atTheDesk();
  const { link } = await codeOf(ann);
  const bob = await atTheDesk("bob");
  await bob.visit(link);
  await bob.page.getByText("You are signed in here as bob.").waitFor();
  await bob.page.getByRole("link", { name: "Don't sign in" }).click();
  await bob.row(/^Allotment/).waitFor();
  const other = await Person.in(ann.context);
  await other.visit(link);
  await other.page.getByRole("heading", { name: "You are already signed in here." }).waitFor();
  await bob.leave();
  await ann.leave();
});

test("of two tabs one becomes somebody else: the other one follows, and nobody is put out", async () => {
  const ann = await atTheDesk();
  const { link } = await codeOf(ann);
  const bob = await Person.at(browser);
  await bob.visit(server.url);
  await bob.signIn("bob", PASSWORD);
  await bob.seesText("Connected to");
  // A notice for bob alone.
  await server.signIn("bob");
  const notice = bob.page.getByRole("region", { name: "Notices" }).getByText("New sign-in to your account:");
  await notice.waitFor();
  const tab = await Person.in(bob.context);
  await tab.visit(link);
  await tab.page.getByText("You are signed in here as bob.").waitFor();
  await tab.page.evaluate(() => {
    window.heard = [];
    new BroadcastChannel("inkspot session").onmessage = ({ data }) => window.heard.push(data.kind);
  });

  // The server has ended bob's session, and its answer with ann's is long on its way: both tabs hear that nobody is in.
  const asked = new Set();
  let came;
  const there = new Promise((done) => (came = done));
  await bob.context.route("**/api/auth/session", async (route) => {
    const page = route.request().frame().page();
    if (asked.has(page)) await there;
    asked.add(page);
    await route.continue();
  });
  const hears = [bob, tab].map(({ page }) => page.waitForResponse("**/api/auth/session"));
  await tab.page.route("**/api/handoffs/*", async (route) => {
    const cookie = (await bob.context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    const { pathname } = new URL(route.request().url());
    const answer = await server.request("POST", pathname, { headers: { cookie, origin: new URL(server.url).origin } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    for (const heard of hears) assert.equal((await (await heard).json()).me, null);
    await route.fulfill({ status: answer.status, headers: { "set-cookie": answer.headers["set-cookie"].join("\n") }, json: answer.body });
  });
  const accepted = tab.page.waitForResponse("**/api/handoffs/*");
  await tab.page.getByRole("button", { name: "Sign in" }).click();
  await (await accepted).finished();
  came();
  for (const person of [bob, tab]) await person.page.locator("footer.me").getByText("ann", { exact: true }).waitFor();
  await notice.waitFor({ state: "detached" });
  await until(() => tab.page.evaluate(() => window.heard.length), (count) => count > 1);
  assert.deepEqual(await tab.page.evaluate(() => window.heard.filter((kind) => kind === "left")), []);
  await bob.leave();
  await ann.leave();
});

test("a further device is told wherever one is, until one has looked", async () => {
  const ann = await Person.at(browser);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  await ann.seesText("Connected to");
  await ann.open(/^Allotment/);
  await ann.composer.pressSequentially("Half a sen");
  const tab = await Person.in(ann.context);
  await tab.visit(at("/settings/keyboard"));
  await tab.page.getByRole("heading", { name: "Keyboard" }).waitFor();
  const phone = await Person.at(browser, PHONE);
  await phone.visit(server.url);
  await phone.signIn("ann", PASSWORD);
  const told = (person) => person.page.getByRole("region", { name: "Notices" }).getByText("New sign-in to your account: Safari on iPhone.");
  const notices = ann.page.getByRole("region", { name: "Notices" });
  await told(ann).waitFor();
  await told(tab).waitFor();
  // It takes nothing out of anybody's hands.
  await ann.page.keyboard.type("tence");
  await ann.holds("Half a sentence");
  await notices.getByRole("button", { name: "Show devices" }).click();
  await ann.page.getByRole("button", { name: "Sign out Safari on iPhone" }).last().waitFor();
  assert.match(ann.page.url(), /\/settings\/devices$/);
  for (const person of [ann, tab]) await told(person).waitFor({ state: "detached" });
  // Who has just signed in here is not told of themselves.
  assert.equal(await phone.page.getByText(/New sign-in/).count(), 0);
  await phone.leave();
  await ann.leave();
});
