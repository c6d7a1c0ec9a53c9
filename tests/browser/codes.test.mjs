// Each QR code leads exactly where it should: it is read from what people see.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addUser, PASSWORD, TestServer } from "../js/lib/server.mjs";
import { atTerminal, painted, seen } from "./codes.mjs";
import { openBrowser, Person, until } from "./people.mjs";

let browser, server, ann;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ args: ["--plain-listen", "127.0.0.1:0"] });
  ann = await Person.at(browser);
});
after(async () => {
  await ann.leave();
  await browser.close();
  await server.close();
});

/** Waits until the code of this name is read as this link. */
const leads = (page, name, link) => until(() => seen(page.getByRole("img", { name })), link);

test("the setup link in the terminal", async () => {
  const shown = await atTerminal("setup-link", "--data", server.dataDir);
  assert.ok(shown.includes(server.setupLink), shown);
  assert.equal(painted(shown), server.setupLink);
});

test("an invitation", async () => {
  await ann.visit(server.setupLink);
  await ann.introduce("Ann", PASSWORD, "Create the account");
  const link = await ann.page.getByText(/\/invite\//).first().innerText();
  assert.match(link, new RegExp(`^${server.url}/invite/[\\w-]{20,}$`));
  await leads(ann.page, "QR code of the invitation link", link);
  await ann.page.getByRole("button", { name: "Open Inkspot" }).click();
  await ann.row("Everyone").waitFor();
});

test("a further device, in the dark, too", async () => {
  await ann.page.emulateMedia({ colorScheme: "dark" });
  await ann.visit(new URL("/settings/devices", server.url).href);
  await ann.page.getByRole("button", { name: "Add a device" }).click();
  const dialog = ann.page.getByRole("dialog", { name: "Add a device" });
  await dialog.getByRole("textbox", { name: "Current password" }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Make the code" }).click();
  const link = await dialog.getByText(/\/handoff\//).innerText();
  assert.match(link, new RegExp(`^${server.url}/handoff/[\\w-]{20,}$`));
  await leads(ann.page, "QR code of the link for the other device", link);
  await ann.page.emulateMedia({ colorScheme: "light" });
});

test("a new password", async () => {
  await addUser(server.dataDir, "bob");
  await ann.visit(new URL("/admin", server.url).href);
  await ann.page.getByRole("button", { name: "Change bob" }).click();
  await ann.page.getByRole("menuitem", { name: "Link to a new password" }).click();
  await ann.page.getByRole("button", { name: "Make the link" }).click();
  const dialog = ann.page.getByRole("dialog", { name: "A new password for bob" });
  const link = await dialog.locator("code").innerText();
  assert.match(link, new RegExp(`^${server.url}/reset/[\\w-]{20,}$`));
  await leads(ann.page, /QR code/, link);
});

test("the page by which a device comes to trust the server", async () => {
  const link = `${server.plainUrl}/trust`;
  const page = await browser.newPage({ locale: "en-GB" });
  await page.goto(link);
  await leads(page, "QR code of this page’s address", link);
  await page.close();
});
