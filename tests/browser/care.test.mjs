// What administrators settle: groups for everybody, room for files, who comes in, signing out.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, sendFiles } from "./people.mjs";
import { soundOf } from "./sound.mjs";

let browser, server, ann, root;

before(async () => {
  browser = await openBrowser();
  server = await TestServer.start({ users: ["root", "ann", "bob", "cy"], args: ["--files-quota-mib", "1"] });
  [root, ann] = [await server.signIn("root"), await server.signIn("ann")];
});
after(async () => {
  await browser.close();
  await server.close();
});

const at = (path) => new URL(path, server.url).href;
const make = async (title, members, who = ann) => (await who.api("POST", "/api/conversations", { title, isGroup: true, members })).body.id;
const groups = (admin) => admin.page.getByRole("list", { name: "Groups" });
const rowOf = (admin, title) => admin.page.getByRole("main").getByRole("listitem").filter({ hasText: title });

async function signedIn(name, options) {
  const person = await Person.at(browser, options);
  await person.visit(server.url);
  await person.signIn(name, PASSWORD);
  return person;
}

/** Opens what can be done about a group and chooses it. */
async function choose(admin, title, item) {
  await groups(admin).getByRole("button", { name: `More about ${title}` }).click();
  await admin.page.getByRole("menuitem", { name: item }).click();
}

test("an archived group is read by its people, says so, and takes no more until it is opened again", async () => {
  const room = await make("Weather club", ["bob"]);
  await ann.api("POST", "/api/messages/realtime", { conversationId: room, content: "11.4 mm since midnight" });
  const [admin, bob] = [await signedIn("root"), await signedIn("bob")];
  await bob.open(/^Weather club/);
  await bob.composer.fill("What I began");
  await admin.visit(at("/admin/groups"));
  await choose(admin, "Weather club", "Archive for everybody");
  await rowOf(admin, "Weather club").getByText("archived").waitFor();
  await bob.seesText("This group is archived. It can be read and searched, and nobody writes in it any more.");
  await bob.line("11.4 mm since midnight").waitFor();
  assert.equal(await bob.composer.count(), 0);
  await bob.page.getByRole("button", { name: "About this conversation" }).click();
  await bob.page.getByRole("dialog").getByText("This group is archived.").waitFor();
  await bob.page.keyboard.press("Escape");
  // The notice takes it back; what was begun is still there.
  await admin.page.getByRole("button", { name: "Undo" }).click();
  await bob.composer.waitFor();
  assert.equal(await bob.composer.inputValue(), "What I began");
  await admin.seesText("“Weather club” is open again.");
  await admin.leave();
  await bob.leave();
});

test("an invitation to an archived group says so before somebody makes an account", async () => {
  const room = await make("Old choir", ["bob"]);
  const invite = (await ann.api("POST", "/api/invites", { conversationId: room })).body;
  assert.equal((await root.api("PATCH", `/api/admin/groups/${room}`, { readOnly: true })).status, 200);
  const stranger = await Person.at(browser);
  await stranger.visit(at(`/invite/${invite.code}`));
  await stranger.seesText("This group is archived: nobody comes in any more.");
  assert.equal(await stranger.page.getByLabel("Password", { exact: true }).count(), 0);
  await stranger.leave();
  const cy = await signedIn("cy");
  await cy.visit(at(`/invite/${invite.code}`));
  await cy.seesText("This group is archived: nobody comes in any more.");
  assert.equal(await cy.page.getByRole("button", { name: /Old choir/ }).count(), 0);
  await cy.leave();
});

test("a group is deleted by its name and the password, goes at once for who has it open, and nothing breaks", async () => {
  const room = await make("Old plans (2019)", ["bob"]);
  await sendFiles(server, ann, room, "the plan of plans", [{ name: "plan.txt", mimeType: "text/plain", buffer: Buffer.alloc(9_000, 65) }]);
  const [admin, bob] = [await signedIn("root"), await signedIn("bob")];
  await bob.open(/^Old plans/);
  await bob.line("the plan of plans").waitFor();
  await bob.composer.fill("half a sen");
  await admin.visit(at("/admin/groups"));
  await choose(admin, "Old plans (2019)", "Delete for good");
  const dialog = admin.page.getByRole("dialog", { name: "Delete “Old plans (2019)” for good?" });
  await dialog.getByText("It disappears at once for 2 people, with every message and every file").waitFor();
  const button = dialog.getByRole("button", { name: "Delete for good" });
  assert.equal(await button.isDisabled(), true);
  await admin.page.keyboard.type("Old plans");
  assert.equal(await button.isDisabled(), true);
  await admin.page.keyboard.type(" (2019)");
  assert.equal(await button.isDisabled(), true);
  const password = dialog.getByLabel("Current password", { exact: true });
  await password.fill("not this one");
  await button.click();
  await dialog.getByText("That is not your current password. Type it again.").waitFor();
  await bob.line("the plan of plans").waitFor();
  await password.fill(PASSWORD);
  await button.click();
  await admin.seesText("“Old plans (2019)” is deleted.");
  await rowOf(admin, "Old plans (2019)").waitFor({ state: "detached" });
  await bob.seesText("“Old plans (2019)” was deleted by an administrator, with everything in it.");
  await bob.page.getByRole("heading", { name: "You are no longer in Old plans (2019)." }).waitFor();
  await bob.page.getByRole("link", { name: "Go to your conversations" }).click();
  await bob.row(/^Everyone/).waitFor();
  assert.equal(await bob.row(/^Old plans/).count(), 0);
  await admin.leave();
  await bob.leave();
});

test("the group that everybody joins can't be deleted, one without an owner is given one", async () => {
  const cy = await server.signIn("cy");
  await make("Book club", ["bob", "ann"], cy);
  const admin = await signedIn("root");
  await admin.visit(at("/admin/groups"));
  await groups(admin).getByRole("button", { name: "More about Everyone" }).click();
  await admin.page.getByRole("menuitem", { name: "Archive for everybody" }).waitFor();
  assert.equal(await admin.page.getByRole("menuitem", { name: "Delete for good" }).count(), 0);
  await admin.page.keyboard.press("Escape");
  await rowOf(admin, "Book club").getByText("looked after by cy").waitFor();
  const users = (await root.api("GET", "/api/users?q=cy")).body.users;
  assert.equal((await root.api("PATCH", `/api/users/${users[0].id}`, { disabled: true })).status, 200);
  await admin.visit(at("/admin/groups"));
  await rowOf(admin, "Book club").getByText("nobody looks after it").waitFor();
  await choose(admin, "Book club", "Give it an owner");
  await admin.page.getByRole("button", { name: "Make bob owner" }).click();
  await admin.seesText("bob looks after “Book club” now.");
  await rowOf(admin, "Book club").getByText("looked after by bob").waitFor();
  await admin.leave();
});

test("who is near the limit is told, and an administrator gives more room", async () => {
  const room = await make("Large things", []);
  await sendFiles(server, ann, room, "", [{ name: "large.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(1_000_000, 7) }]);
  const [admin, person] = [await signedIn("root"), await signedIn("ann")];
  await person.visit(at("/settings"));
  await person.seesText("Almost full. Delete messages with large files, or ask an administrator for more room.");
  await admin.visit(at("/admin"));
  await rowOf(admin, "ann").getByText("almost full").waitFor();
  await admin.visit(at("/admin/storage"));
  const keeper = rowOf(admin, "ann");
  await keeper.getByText("almost full").waitFor();
  await keeper.getByRole("button", { name: "Change the room for files of ann" }).click();
  const dialog = admin.page.getByRole("dialog", { name: "Room for files of ann" });
  await dialog.getByRole("radio", { name: "A limit of their own" }).check();
  const field = dialog.getByRole("textbox", { name: "In gibibytes (GiB)" });
  await field.fill("much");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Type a number from 0 to 1,048,576").waitFor();
  await field.fill("0,5");
  await dialog.getByRole("button", { name: "Save" }).click();
  await admin.seesText("ann may keep 512 MB from now on.");
  await keeper.getByText("almost full").waitFor({ state: "detached" });
  await person.visit(at("/settings"));
  await person.page.getByText(/of 512\sMB used/).waitFor();
  assert.equal(await person.page.getByText("Almost full.").count(), 0);
  await admin.leave();
  await person.leave();
});

test("who may make an account is chosen in the browser: everybody, and then nobody", async () => {
  const admin = await signedIn("root");
  // What was chosen shows before the server has it.
  const allow = async (name) => {
    const settled = admin.page.waitForResponse((answer) => answer.request().method() === "PATCH");
    await admin.page.getByRole("radio", { name }).check();
    await settled;
  };
  const newcomer = await Person.at(browser);
  await newcomer.visit(server.url);
  await newcomer.page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.equal(await newcomer.page.getByRole("link", { name: "Make an account" }).count(), 0);
  await newcomer.visit(at("/register"));
  await newcomer.page.getByRole("heading", { name: "No new accounts here now." }).waitFor();
  await admin.visit(at("/admin/security"));
  await allow("Everybody");
  await admin.seesText("Whoever reaches this server makes an account without being asked");
  await newcomer.visit(server.url);
  await newcomer.page.getByRole("link", { name: "Make an account" }).click();
  await newcomer.page.getByRole("textbox", { name: "Your name" }).fill("Dora");
  await newcomer.page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await newcomer.page.getByRole("button", { name: "Make an account" }).click();
  await newcomer.row(/^Everyone/).waitFor();
  const shed = await make("Shed", ["bob"]);
  const invite = (await ann.api("POST", "/api/invites", { conversationId: shed })).body;
  await root.api("POST", "/api/invites", {});
  await allow("Nobody");
  await admin.seesText("No new accounts are made.");
  const late = await Person.at(browser);
  await late.visit(at(new URL(invite.link).pathname));
  await late.seesText("No new accounts are made here now. Whoever has one can sign in.");
  assert.equal(await late.page.getByRole("textbox", { name: "Your name" }).count(), 0);
  // Who has an account comes in by the invitation all the same.
  await late.page.getByRole("link", { name: "I already have an account" }).click();
  await late.page.getByRole("textbox", { name: "Name" }).fill("dora");
  await late.page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await late.page.getByRole("button", { name: "Sign in" }).click();
  await late.page.getByRole("button", { name: "Join Shed" }).click();
  await late.heads("Shed");
  await allow("Who is invited");
  await admin.seesText("Nobody can make an account without an invitation.");

  // An invitation is withdrawn after a question whose safe answer has the focus.
  await admin.visit(at("/admin/security"));
  await admin.page.getByRole("button", { name: /^Withdraw the invitation/ }).click();
  await admin.seesText("The link stops working at once for whoever has it.");
  assert.equal(await admin.page.evaluate(() => document.activeElement?.textContent), "Cancel");
  await admin.page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await admin.seesText("No invitation is open.");
  for (const each of [admin, newcomer, late]) await each.leave();
});

test("who can't be signed out because the server can't be reached is told so, and stays", async () => {
  const bob = await signedIn("bob");
  await bob.visit(at("/settings"));
  await bob.page.route("**/api/auth/logout", (route) => route.abort());
  await bob.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await bob.seesText("The server can't be reached. Check the connection and try again.");
  await bob.page.unroute("**/api/auth/logout");
  await bob.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await bob.page.getByRole("button", { name: "Sign in" }).waitFor();
  await bob.leave();
});

test("the switcher's commands show the keys that do the same", async () => {
  const bob = await signedIn("bob");
  await bob.row(/^Everyone/).waitFor();
  await bob.page.keyboard.press("Control+k");
  await bob.page.keyboard.type(">search");
  const command = bob.page.getByRole("option", { name: /^Search/ }).first();
  await command.locator("kbd").first().waitFor();
  assert.deepEqual(await command.locator("kbd").allTextContents(), ["Ctrl", "Shift", "F"]);
  await bob.leave();
});

for (const colorScheme of ["light", "dark"]) {
  test(`the dialogs are in nobody's way: ${colorScheme}`, async () => {
    await make("To look at", ["bob"]);
    const admin = await signedIn("root", { colorScheme, reducedMotion: "reduce" });
    const sound = soundOf(admin.page);
    await admin.visit(at("/admin/groups"));
    await choose(admin, "To look at", "Delete for good");
    await admin.page.getByRole("dialog").waitFor();
    await sound("deleting a group");
    await admin.visit(at("/admin/storage"));
    await admin.page.getByRole("button", { name: "Change the room for files of ann" }).click();
    await admin.page.getByRole("dialog").waitFor();
    await sound("room for files");
    await admin.leave();
    const rooms = (await root.api("GET", "/api/admin/groups")).body.groups.filter(({ title }) => title === "To look at");
    for (const { id } of rooms) {
      assert.equal((await root.api("POST", "/api/auth/confirm", { password: PASSWORD, purpose: "delete-group" })).status, 204);
      assert.equal((await root.api("DELETE", `/api/admin/groups/${id}`)).status, 204);
    }
  });
}

// The last one: it ends the sessions of all the others.
test("shorter sessions and signing everybody out ask first, and leave who asked", async () => {
  const [admin, bob] = [await signedIn("root"), await signedIn("bob")];
  await admin.visit(at("/admin/security"));
  await admin.page.getByRole("radio", { name: "30 days" }).click();
  await admin.seesText("Devices that were not used for 30 days are signed out at once.");
  await admin.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await admin.page.getByRole("radio", { name: "90 days", checked: true }).waitFor();
  await admin.page.getByRole("radio", { name: "30 days" }).click();
  await admin.page.getByRole("dialog").getByRole("button", { name: "Shorten it" }).click();
  await admin.page.getByRole("radio", { name: "30 days", checked: true }).waitFor();
  await admin.page.getByRole("button", { name: "Sign everybody out" }).click();
  await admin.page.getByRole("dialog").getByRole("button", { name: "Sign everybody out" }).click();
  await admin.seesText("Everybody is signed out, but for you on this device.");
  await bob.page.getByRole("button", { name: "Sign in" }).waitFor();
  await admin.visit(at("/admin"));
  await admin.seesText("accounts");
  await admin.leave();
  await bob.leave();
});
