// Every screen, in light and dark, at a desk and on a phone: no violation of WCAG 2.2 A and AA that axe-core can find.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, sendFiles, shareInto, wave } from "./people.mjs";
import { paint } from "./pictures.mjs";
import { soundOf } from "./sound.mjs";

/** A second of silence. */
const SOUND = { name: "silence.wav", mimeType: "audio/wav", buffer: wave(8_000) };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const config = path.join(tmpdir(), `inkspot-access-${process.pid}.toml`);

let browser, server, ann, bob;

before(async () => {
  browser = await openBrowser();
  await writeFile(config, "[files]\nmax_file_mib = 2\n");
  server = await TestServer.start({ users: ["ann", "bob"], args: ["--config", config] });
  ann = await server.signIn("ann");
  bob = await server.signIn("bob");
  const room = (await ann.api("POST", "/api/conversations", { title: "Allotment", isGroup: true, members: ["bob"] })).body.id;
  await bob.api("POST", "/api/messages/realtime", { conversationId: room, content: "See https://example.org/gauge" });
  await ann.api("POST", "/api/messages/realtime", { conversationId: room, content: "ليلى" });
  await bob.api("POST", "/api/messages/realtime", { conversationId: room, content: "Not read yet" });
  const picture = ([name, buffer]) => ({ name: `${name}.jpg`, mimeType: "image/jpeg", buffer });
  const pictures = Object.entries(await paint(browser, ["beds", "barrel", "tomatoes", "pond", "group"])).map(picture);
  const plot = (await ann.api("POST", "/api/conversations", { title: "The plot", isGroup: true, members: ["bob"] })).body.id;
  await sendFiles(server, bob, plot, "The whole plot", pictures);
  await sendFiles(server, ann, plot, "", [pictures[0]]);
  await sendFiles(server, bob, plot, "The rota", [{ name: "Übersicht 2026 ✓.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n%%EOF\n") }, SOUND]);
  const words = (await ann.api("POST", "/api/messages/realtime", { conversationId: plot, content: "Teh beans" })).body.id;
  assert.equal((await ann.api("PATCH", `/api/messages/${words}`, { content: "The beans" })).status, 200);
  const gone = (await bob.api("POST", "/api/messages/realtime", { conversationId: plot, content: "Never mind" })).body.id;
  assert.equal((await bob.api("DELETE", `/api/messages/${gone}`)).status, 204);
  await ann.api("POST", "/api/conversations", { title: "Nothing in it", isGroup: true, members: ["bob"] });
});
after(async () => {
  await browser.close();
  await server.close();
  await rm(config, { force: true });
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
      await person.seesText("Type your name.");
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
      await person.visit(new URL("/admin", server.url).href);
      await press("Change bob");
      await sound("people");
      await page.getByRole("menuitem", { name: "Disable" }).click();
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

    test(`what is met now and then: ${size}, ${colorScheme}`, async () => {
      const person = await Person.at(browser, { colorScheme, reducedMotion: "reduce", tour: true, ...options });
      const { page } = person;
      const sound = soundOf(page);
      await person.visit(server.url);
      await person.signIn("ann", PASSWORD);
      const tour = page.getByRole("complementary", { name: "First steps" });
      await tour.waitFor();
      await sound("first steps");
      await tour.getByRole("button", { name: "Next" }).click({ timeout: 2_000 }).catch(() => undefined);
      await sound("first steps, the next card");
      await person.visit(new URL("/share", server.url).href);
      await person.seesText("Nothing was shared");
      await sound("nothing shared");
      await shareInto(page, "A note about the gauge", ["rain.csv", "rota.pdf"]);
      await person.visit(new URL("/share", server.url).href);
      await page.getByText("A note about the gauge").waitFor();
      await page.getByRole("button", { name: /^Allotment/ }).waitFor();
      await sound("shared");
      await person.visit(new URL("/doctor", server.url).href);
      await page.getByRole("button", { name: "Copy the report" }).and(page.locator(":enabled")).waitFor();
      await sound("connection doctor");
      await person.leave();
    });

    test(`files: ${size}, ${colorScheme}`, async () => {
      const person = await Person.at(browser, { colorScheme, reducedMotion: "reduce", ...options });
      const { page } = person;
      const sound = soundOf(page);
      await person.visit(server.url);
      await person.signIn("ann", PASSWORD);
      await person.open(/^The plot/);
      await page.getByRole("article").getByText("This message was deleted").waitFor();
      await sound("pictures, files, changed and deleted lines");
      await page.route("**/api/uploads/**", (route) => (route.request().method() === "PATCH" ? undefined : route.continue()));
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Add files" }).click()]);
      await chooser.setFiles([
        { name: "rain-may.csv", mimeType: "text/csv", buffer: Buffer.alloc(400_000, 65) },
        { name: "film.mov", mimeType: "video/quicktime", buffer: Buffer.alloc(3 * 1024 * 1024) },
      ]);
      await person.seesText("this server takes up to");
      await sound("tray");
      await page.getByRole("button", { name: "Remove film.mov" }).click();
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await page.getByRole("button", { name: "Don't send" }).waitFor();
      await sound("a line that waits for its file");
      await page.getByRole("button", { name: "Don't send" }).click();
      await person.line("The beans").getByRole("button", { name: "More about this line" }).evaluate((button) => button.click());
      await page.getByRole("menu").waitFor();
      await sound("menu");
      await page.getByRole("menuitem", { name: "Edit" }).click();
      await sound("changing a line");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Open beds.jpg, 1 of 5" }).click();
      await sound("lightbox");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "About this conversation" }).click();
      await page.getByRole("tab", { name: "Pictures" }).click();
      await page.getByRole("button", { name: /show the message$/ }).first().waitFor();
      await sound("all pictures");
      await page.getByRole("tab", { name: "Files" }).click();
      await page.getByText("silence.wav").last().waitFor();
      await sound("all files");
      await person.leave();
    });
  }
}
