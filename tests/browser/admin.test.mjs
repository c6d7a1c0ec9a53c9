// The administration: people, links to a new password, groups from outside, storage, health.
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, sendFiles } from "./people.mjs";
import { soundOf } from "./sound.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser, server, config;

before(async () => {
  browser = await openBrowser();
  config = path.join(await mkdtemp(path.join(tmpdir(), "inkspot-config-")), "config.toml");
  await writeFile(config, "[backups]\ndownload = true\n");
  server = await TestServer.start({ users: ["root", "ann", "bob", "cy"], args: ["--config", config] });
  const ann = await server.signIn("ann");
  const room = (await ann.api("POST", "/api/conversations", { title: "Book club", isGroup: true, members: ["bob"] })).body.id;
  await sendFiles(server, ann, room, "Nobody else reads this", [{ name: "list.txt", mimeType: "text/plain", buffer: Buffer.alloc(20_000, 65) }]);
});
after(async () => {
  await browser.close();
  await server.close();
  await rm(path.dirname(config), { recursive: true });
});

const at = (path) => new URL(path, server.url).href;

async function signedIn(name, options) {
  const person = await Person.at(browser, options);
  await person.visit(server.url);
  await person.signIn(name, PASSWORD);
  return person;
}

/** Opens what can be done about somebody and chooses it. */
async function choose(root, name, item) {
  await root.page.getByRole("button", { name: `Change ${name}` }).click();
  await root.page.getByRole("menuitem", { name: item }).click();
}

test("an administrator gives a link, and whoever forgot their password comes in by it", async () => {
  const root = await signedIn("root");
  await root.visit(at("/admin"));
  await choose(root, "bob", "Link to a new password");
  await root.page.getByRole("button", { name: "Make the link" }).click();
  const dialog = root.page.getByRole("dialog", { name: "A new password for bob" });
  await dialog.getByRole("img", { name: /QR code/ }).waitFor();
  const link = await dialog.locator("code").innerText();
  const bob = await Person.at(browser);
  await bob.visit(at(new URL(link).pathname));
  await bob.page.getByRole("heading", { name: "A new password for bob." }).waitFor();
  await bob.page.getByRole("textbox", { name: "New password" }).fill("short");
  await bob.page.getByRole("button", { name: "Set the password" }).click();
  await bob.seesText("That is too short");
  await bob.page.getByRole("textbox", { name: "New password" }).fill(PASSWORD);
  await bob.page.getByRole("button", { name: "Set the password" }).click();
  await bob.row(/^Book club/).waitFor();
  await bob.visit(at(new URL(link).pathname));
  await bob.page.getByRole("heading", { name: "This link no longer works." }).waitFor();
  await bob.leave();
  await root.leave();
});

test("disabling asks first, takes effect at once, and is taken back", async () => {
  const root = await signedIn("root");
  const cy = await signedIn("cy");
  await root.visit(at("/admin"));
  await root.page.getByRole("searchbox", { name: "Search people" }).fill("cy");
  await root.seesText("1 account");
  await choose(root, "cy", "Disable");
  await root.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await choose(root, "cy", "Disable");
  await root.page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await root.page.getByRole("listitem").filter({ hasText: "cy" }).getByText("Disabled").waitFor();
  await cy.seesText("This account was disabled.");
  await choose(root, "cy", "Enable");
  await root.page.getByRole("listitem").filter({ hasText: "cy" }).getByText("Member").waitFor();
  await cy.signIn("cy", PASSWORD);
  await choose(root, "cy", "Sign out everywhere");
  await root.page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await cy.page.getByRole("button", { name: "Sign in" }).waitFor();
  await cy.leave();
  await root.leave();
});

test("groups are seen from outside, storage and health are said in words", async () => {
  const root = await signedIn("root");
  await root.visit(at("/admin/groups"));
  const group = root.page.getByRole("list", { name: "Groups" }).getByRole("listitem").filter({ hasText: "Book club" });
  await group.getByText("2 people").waitFor();
  await group.getByText("you are not in it").waitFor();
  assert.equal(await root.page.getByText("Nobody else reads this").count(), 0);
  await root.visit(at("/admin/storage"));
  await root.page.getByText(/ used, .* free\./).waitFor();
  await root.page.getByRole("listitem").filter({ hasText: "ann" }).waitFor();
  await root.visit(at("/admin/server"));
  await root.seesText("Running since");
  await root.visit(at("/admin/security"));
  await root.seesText("Nobody can make an account without an invitation.");
  await root.page.getByRole("button", { name: "Sign out ann everywhere" }).waitFor();
  await root.leave();
});

test("a backup is made while one looks on, and fetched with the password", async () => {
  const root = await signedIn("root");
  await root.visit(at("/admin/backups"));
  await root.seesText("There is no backup yet.");
  await root.page.getByRole("button", { name: "Back up now" }).click();
  await root.seesText("The last one was made");
  await root.page.getByRole("list", { name: "Backups" }).getByRole("button", { name: /^Fetch the backup of/ }).click();
  const dialog = root.page.getByRole("dialog", { name: /^Fetch the backup of/ });
  await dialog.getByText("It holds everything that everybody has written").waitFor();
  await dialog.getByRole("textbox", { name: "Current password" }).fill("wrong horse battery");
  await dialog.getByRole("button", { name: "Fetch" }).click();
  await dialog.getByText("That is not your current password. Type it again.").waitFor();
  await dialog.getByRole("textbox", { name: "Current password" }).fill(PASSWORD);
  const [download] = await Promise.all([root.page.waitForEvent("download"), dialog.getByRole("button", { name: "Fetch" }).click()]);
  assert.match(download.suggestedFilename(), /^inkspot-.*\.backup$/);
  const bytes = await readFile(await download.path());
  assert.equal(bytes.subarray(0, 16).toString(), "INKSPOT-BACKUP1\n");
  await root.leave();
});

test("a backup that is gone meanwhile is said where one asked for it, and the page stays", async () => {
  const root = await signedIn("root");
  await root.visit(at("/admin/backups"));
  const list = root.page.getByRole("list", { name: "Backups" });
  await list.getByRole("button", { name: /^Fetch the backup of/ }).first().click();
  const folder = path.join(server.dataDir, "backups");
  for (const name of await readdir(folder)) await rm(path.join(folder, name));
  const dialog = root.page.getByRole("dialog", { name: /^Fetch the backup of/ });
  await dialog.getByRole("textbox", { name: "Current password" }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Fetch" }).click();
  await dialog.getByText("This backup is gone: a newer one took its place.").waitFor();
  assert.equal(new URL(root.page.url()).pathname, "/admin/backups");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await root.seesText("There is no backup yet.");
  await root.leave();
});

test("a member finds nothing there", async () => {
  const ann = await signedIn("ann");
  await ann.visit(at("/admin/storage"));
  await ann.seesText("Only administrators see this page.");
  await ann.visit(at("/settings"));
  await ann.seesText("This device");
  assert.equal(await ann.page.getByRole("link", { name: "This server" }).count(), 0);
  await ann.leave();
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, options] of Object.entries({ desk: {}, phone: PHONE })) {
    test(`nothing is in anybody's way: ${size}, ${colorScheme}`, async () => {
      const root = await signedIn("root", { colorScheme, reducedMotion: "reduce", ...options });
      const sound = soundOf(root.page);
      for (const [path, text] of [["/admin", "4 accounts"], ["/admin/groups", "Book club"], ["/admin/storage", "Largest file"], ["/admin/backups", "Back up now"], ["/admin/security", "Signed-in people"], ["/admin/server", "Memory in use"]]) {
        await root.visit(at(path));
        await root.seesText(text);
        await sound(path);
      }
      await root.leave();
    });
  }
}

test("who invites is told of the page that a newcomer's device needs first", async () => {
  const root = await signedIn("root");
  await root.visit(at("/admin/security"));
  const { page } = root;
  const trust = (place) => place.getByRole("link", { name: /^http:.*\/trust$/ });
  await trust(page.getByRole("main")).waitFor();
  await page.getByRole("button", { name: "Invite someone" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite someone" });
  await dialog.getByRole("button", { name: "Make the invitation" }).click();
  await dialog.getByText("On a device that has never been here").waitFor();
  assert.equal(await trust(dialog).getAttribute("href"), await page.locator("main ul + .trust-first a").getAttribute("href"));
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Copy the invitation / }).first().waitFor();
  await root.leave();
});
