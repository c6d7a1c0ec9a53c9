// Files from the desk to the other's screen: dropped, watched, cancelled, cut off, taken up again; pictures, cards, faces.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, until, wave } from "./people.mjs";
import { paint } from "./pictures.mjs";

const MIB = 1024 * 1024;
const PDF = Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n");

let browser, server, ann, bob, pictures, desk;

before(async () => {
  browser = await openBrowser();
  pictures = await paint(browser, ["beds", "barrel", "tomatoes", "pond", "amara", "group"]);
  desk = await mkdtemp(path.join(tmpdir(), "inkspot-desk-"));
  const config = await put({ name: "config.toml", buffer: "[files]\nmax_file_mib = 24\n" });
  server = await TestServer.start({ users: ["ann", "bob"], args: ["--config", config] });
  [ann, bob] = await Promise.all([Person.at(browser), Person.at(browser)]);
  for (const [person, name] of [[ann, "ann"], [bob, "bob"]]) {
    await person.visit(server.url);
    await person.signIn(name, PASSWORD);
    await person.open("Everyone");
  }
});
after(async () => {
  await ann.leave();
  await bob.leave();
  await browser.close();
  await server.close();
  await rm(desk, { recursive: true });
});

const picture = (name) => ({ name: `${name}.jpg`, buffer: pictures[name] });
/** Two pieces long: the second one can be held back. */
const film = (name = "film.bin", mib = 12) => ({ name, buffer: Buffer.alloc(mib * MIB, 7) });
const tray = (person) => person.page.getByRole("list", { name: "Files to send" }).getByRole("listitem");
const send = (person) => person.page.getByRole("button", { name: "Send", exact: true }).click();
const lastLine = (person) => person.page.locator("article").last();

test("three files are dropped on the conversation, one is cancelled, two are sent while they go", async () => {
  const gate = await gateOf(ann.context);
  const drag = await carry(ann, [picture("beds"), film(), { name: "notes.txt", buffer: Buffer.from("beans") }]);
  await drag("dragenter");
  await ann.seesText("Drop to add to this conversation");
  await drag("drop");
  await ann.page.getByText("Drop to add to this conversation").waitFor({ state: "hidden" });
  await until(() => tray(ann).count(), 3);
  await gate.opened(1);
  await tray(ann).filter({ hasText: "film.bin" }).getByText("66% of 12 MB").waitFor();
  const bar = ann.page.getByRole("progressbar", { name: "Upload of film.bin" });
  assert.equal(await bar.getAttribute("value"), "66");
  await ann.page.getByRole("button", { name: "Remove notes.txt" }).click();
  await until(() => tray(ann).count(), 2);

  await ann.composer.fill("From the allotment");
  await send(ann);
  await until(() => tray(ann).count(), 0);
  const line = ann.line("From the allotment");
  await line.and(ann.page.locator(".sending")).waitFor();
  await line.getByRole("progressbar", { name: "Upload of film.bin" }).waitFor();
  await line.getByText(/Uploading, \d+%/).waitFor();
  await ann.say("And after it, a word");
  assert.equal(await bob.line("And after it, a word").count(), 0, "lines keep their order");
  await gate.open();
  await bob.sees("And after it, a word");
  assert.deepEqual((await bob.lines()).map((text) => text.split("\n")[0]), ["From the allotment", "And after it, a word"]);
  await ann.seesNote("And after it, a word", /Sent|Read/);
  for (const person of [ann, bob]) {
    const line = person.line("From the allotment");
    await line.getByRole("button", { name: "Open beds.jpg" }).waitFor();
    await line.getByRole("link", { name: /^Download film\.bin, 12.MB/ }).waitFor();
    await drawn(line.locator(".picture img"));
  }
  await until(() => ann.page.locator("article.sending").count(), 0);
});

test("a place for every picture is kept before it is there", async () => {
  await bob.context.route("**/thumbnails/**", () => undefined);
  await bob.page.reload();
  const place = bob.line("From the allotment").getByRole("button", { name: "Open beds.jpg" });
  const box = await place.boundingBox();
  assert.deepEqual([Math.round(box.width), Math.round(box.height)], [432, 288]);
  assert.match(await place.evaluate((element) => element.style.backgroundImage), /^url\("data:image\/png/);
  await bob.context.unroute("**/thumbnails/**");
  await bob.page.reload();
  await bob.open("Everyone");
});

test("pictures open large and turn by keyboard; Escape and the way back close them", async () => {
  await attach(ann, [picture("beds"), picture("barrel"), picture("tomatoes"), picture("pond"), picture("group")]);
  await ann.composer.fill("The whole plot");
  await send(ann);
  await bob.sees("The whole plot");
  const line = bob.line("The whole plot");
  await until(() => line.getByRole("button", { name: /^Open/ }).count(), 4);
  assert.equal(await line.getByRole("button", { name: "Open 2 more pictures" }).innerText(), "+2");

  const first = line.getByRole("button", { name: "Open beds.jpg, 1 of 5" });
  await first.focus();
  await bob.page.keyboard.press("Enter");
  const large = bob.page.getByRole("dialog", { name: "Pictures of ann" });
  await large.getByText(/1 of 5$/).waitFor();
  await large.getByText("The whole plot").waitFor();
  await bob.page.keyboard.press("ArrowRight");
  await large.getByText(/2 of 5$/).waitFor();
  await drawn(large.getByRole("img", { name: "barrel.jpg" }));
  await bob.page.keyboard.press("End");
  await large.getByText(/5 of 5$/).waitFor();
  await bob.page.keyboard.press("ArrowRight");
  await bob.page.keyboard.press("Home");
  await large.getByText(/1 of 5$/).waitFor();
  await bob.page.keyboard.press("+");
  await large.getByRole("button", { name: "Fit to the screen" }).click();
  await large.getByRole("button", { name: "Enlarge" }).waitFor();
  for (let i = 0; i < 12; i++) {
    await bob.page.keyboard.press("Tab");
    assert.ok(await bob.page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog") !== null), "focus stays inside");
  }
  await bob.page.keyboard.press("Escape");
  await large.waitFor({ state: "hidden" });
  await until(() => first.evaluate((element) => element === document.activeElement), true);

  const address = bob.page.url();
  await line.getByRole("button", { name: "Open 2 more pictures" }).click();
  await large.getByText(/4 of 5$/).waitFor();
  await bob.page.goBack();
  await large.waitFor({ state: "hidden" });
  assert.equal(bob.page.url(), address);
  await bob.sees("The whole plot");
});

test("fingers swipe from picture to picture, pinch, and pull it down to close", async () => {
  const phone = await Person.at(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await phone.visit(server.url);
  await phone.signIn("bob", PASSWORD);
  await phone.open("Everyone");
  await phone.line("The whole plot").getByRole("button", { name: "Open beds.jpg, 1 of 5" }).tap();
  const large = phone.page.getByRole("dialog", { name: "Pictures of ann" });
  await large.getByText(/1 of 5$/).waitFor();
  const touch = await fingersOf(phone);
  await touch([[300, 400]], [[80, 410]]);
  await large.getByText(/2 of 5$/).waitFor();
  await touch([[80, 400]], [[300, 390]]);
  await large.getByText(/1 of 5$/).waitFor();
  await touch([[180, 400], [210, 400]], [[80, 400], [310, 400]]);
  await large.getByRole("button", { name: "Fit to the screen" }).waitFor();
  await touch([[200, 400]], [[60, 400]]);
  await large.getByText(/1 of 5$/).waitFor();
  await large.getByRole("button", { name: "Fit to the screen" }).click();
  await touch([[200, 300]], [[205, 560]]);
  await large.waitFor({ state: "hidden" });
  await phone.leave();
});

test("a file of any name is saved under it", async () => {
  const name = "Übersicht 2026 ✓.pdf";
  await attach(ann, [{ name, buffer: PDF }]);
  await tray(ann).getByText(/ready/).waitFor();
  await send(ann);
  const link = bob.page.getByRole("link", { name: `Download ${name}` });
  await link.waitFor();
  const [download] = await Promise.all([bob.page.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), name);
  assert.deepEqual(await readFile(await download.path()), PDF);
  await bob.row("Everyone").getByText(name).waitFor();
});

test("a pasted picture goes into the tray; the eleventh file is left out; a folder is not taken", async () => {
  await ann.page.evaluate(async (bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], "image.png", { type: "image/png" }));
    document.querySelector(".write textarea").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, pictures.pond.toString("base64"));
  await tray(ann).getByText(/^Pasted .*\.png$/).waitFor();
  await attach(ann, Array.from({ length: 11 }, (_, i) => ({ name: `n${i}.txt`, buffer: Buffer.from(`${i}`) })));
  await ann.seesText("A message takes 10 files at most. 2 were left out.");
  await until(() => tray(ann).count(), 10);
  for (let left = 10; left > 0; left--) {
    await ann.page.getByRole("button", { name: /^Remove / }).first().click();
    await until(() => tray(ann).count(), left - 1);
  }
});

test("too large is said at once with size and limit, and the words are kept", async () => {
  const asked = [];
  ann.page.on("request", (request) => request.url().includes("/api/uploads") && asked.push(request.url()));
  await ann.composer.fill("Here it is, from Sunday");
  await carry(ann, [film("from-above.mov", 25)]).then((drag) => drag("drop"));
  await tray(ann).getByRole("alert").getByText("25 MB; this server takes up to 24 MB").waitFor();
  await ann.seesText("Your words stay here");
  assert.equal(await ann.composer.inputValue(), "Here it is, from Sunday");
  assert.deepEqual(asked, []);
  await ann.page.getByRole("button", { name: "Remove from-above.mov" }).click();
  await ann.composer.fill("");
});

test("cut off in the middle it pauses, and goes on where it stopped when the line is back", async () => {
  const gate = await gateOf(ann.context);
  await attach(ann, [film("long.bin")]);
  await tray(ann).getByText("66% of 12 MB").waitFor();
  await ann.context.setOffline(true);
  await tray(ann).getByText("Paused at 66% of 12 MB").waitFor();
  await gate.open();
  const offsets = offsetsOf(ann.page);
  await ann.context.setOffline(false);
  await tray(ann).getByText("12 MB, ready").waitFor();
  assert.equal(offsets[0], 8 * MIB);
  await send(ann);
  await bob.page.getByRole("link", { name: /^Download long\.bin/ }).waitFor();
});

test("a reload in the middle loses nothing: neither the tray nor a line that waits for its files", async () => {
  const gate = await gateOf(ann.context);
  await attach(ann, [film("kept.bin"), picture("tomatoes")]);
  await tray(ann).getByText("66% of 12 MB").waitFor();
  await tray(ann).filter({ hasText: "tomatoes.jpg" }).getByText(/ready/).waitFor();
  await ann.page.reload();
  await until(() => tray(ann).count(), 2);
  await ann.composer.fill("Sent before the reload");
  await send(ann);
  await ann.line("Sent before the reload").getByText(/Uploading/).waitFor();
  const offsets = offsetsOf(ann.page);
  await ann.page.reload();
  const line = ann.line("Sent before the reload");
  await line.getByRole("progressbar", { name: "Upload of kept.bin" }).waitFor();
  await gate.open();
  await ann.seesNote("Sent before the reload", /Sent|Read/);
  // What was held may have gone a little further while its page was closed.
  assert.ok(offsets.every((offset) => offset >= 8 * MIB), `nothing was sent twice: ${offsets}`);
  const got = bob.line("Sent before the reload");
  await got.getByRole("button", { name: "Open tomatoes.jpg" }).waitFor();
  const [download] = await Promise.all([bob.page.waitForEvent("download"), got.getByRole("link", { name: /^Download kept\.bin/ }).click()]);
  assert.ok((await readFile(await download.path())).equals(film().buffer));
});

test("a file belongs to one tab; when that is closed, another one goes on with it", async () => {
  const gate = await gateOf(ann.context);
  const tab = async () => {
    const person = Object.assign(new Person(), { context: ann.context, page: await ann.context.newPage() });
    await person.visit(ann.page.url());
    await person.composer.waitFor();
    return person;
  };
  const first = await tab();
  await attach(first, [film("two-tabs.bin")]);
  await tray(first).getByText("66% of 12 MB").waitFor();
  const second = await tab();
  await second.sees("Sent before the reload");
  assert.equal(await tray(second).count(), 0);
  const offsets = offsetsOf(second.page);
  await first.page.close();
  await gate.open();
  await tray(second).getByText("12 MB, ready").waitFor();
  // What was held may have gone a little further while its page was closed.
  assert.ok(offsets.every((offset) => offset >= 8 * MIB), `nothing was sent twice: ${offsets}`);
  await second.page.getByRole("button", { name: "Remove two-tabs.bin" }).click();
  await second.page.close();
});

test("a line that waits for its files can be taken back with its words", async () => {
  const gate = await gateOf(ann.context);
  await attach(ann, [film("never.bin")]);
  await ann.composer.fill("Better not");
  await send(ann);
  await ann.line("Better not").getByRole("button", { name: "Don't send" }).click();
  await ann.line("Better not").waitFor({ state: "detached" });
  await ann.holds("Better not");
  await ann.composer.fill("");
  await gate.open();
});

test("a file that is refused on its way fails its line in words; tried again, it goes on where it stopped", async () => {
  const gate = await gateOf(ann.context);
  await attach(ann, [film("refused.bin")]);
  await ann.composer.fill("On a full disk");
  await send(ann);
  await gate.opened(1);
  const [route] = gate.held.splice(0);
  await route.fulfill({ status: 507, headers: { "tus-resumable": "1.0.0" }, json: { error: { code: "storage_full", message: "full" } } });
  const line = ann.line("On a full disk");
  await line.and(ann.page.locator(".failed")).waitFor();
  await line.getByText("Not sent. A file did not get through.").waitFor();
  await line.getByRole("alert").getByText(/^Not uploaded\. The server's disk is full/).waitFor();
  await gate.open();
  const offsets = offsetsOf(ann.page);
  await line.getByRole("button", { name: "Try again", exact: true }).click();
  await bob.line("On a full disk").getByRole("link", { name: /^Download refused\.bin/ }).waitFor();
  assert.deepEqual(offsets, [8 * MIB]);
});

test("a picture that can't be read goes as a file", async () => {
  await attach(ann, [{ name: "broken.jpg", buffer: Buffer.concat([pictures.beds.subarray(0, 400), Buffer.alloc(900, 3)]) }]);
  await tray(ann).getByText(/ready/).waitFor();
  await send(ann);
  await bob.page.getByRole("link", { name: /^Download broken\.jpg/ }).waitFor();
  assert.equal(await bob.page.getByRole("button", { name: /^Open broken/ }).count(), 0);
});

test("films and recordings play where they stand", async () => {
  const seconds = await ann.page.evaluate(record);
  await attach(ann, [{ name: "clip.webm", buffer: Buffer.from(seconds, "base64") }, { name: "silence.wav", buffer: wave(8_000) }]);
  await ann.composer.fill("Look and listen");
  await send(ann);
  const line = bob.line("Look and listen");
  for (const name of ["clip.webm", "silence.wav"]) {
    const player = line.getByLabel(`Play ${name}`);
    await player.waitFor();
    await player.evaluate(async (media) => {
      media.muted = true;
      const moved = new Promise((done) => media.addEventListener("timeupdate", () => media.currentTime > 0 && done()));
      await media.play();
      await moved;
    });
    await line.getByRole("link", { name: new RegExp(`^Download ${name}`) }).waitFor();
  }
});

test("all pictures and files of a conversation are collected, and lead to their lines", async () => {
  await bob.page.getByRole("button", { name: "About this conversation" }).click();
  const sheet = bob.page.getByRole("dialog");
  await sheet.getByRole("tab", { name: "Pictures" }).click();
  const found = sheet.getByRole("button", { name: /show the message$/ });
  await found.first().waitFor();
  await until(() => found.count(), 7);
  await sheet.getByRole("tab", { name: "Files" }).click();
  await sheet.getByText("Übersicht 2026 ✓.pdf").waitFor();
  const marked = bob.line("From the allotment").and(bob.page.locator(".marked")).waitFor();
  await sheet.getByRole("button", { name: /^film\.bin.*show the message$/ }).click();
  await marked;
  await sheet.waitFor({ state: "hidden" });

  const empty = await server.signIn("ann").then(({ api }) => api("POST", "/api/conversations", { title: "Quiet", isGroup: true, members: ["bob"] }));
  assert.equal(empty.status, 201);
  await bob.open("Quiet");
  await bob.page.getByRole("button", { name: "About this conversation" }).click();
  await sheet.getByRole("tab", { name: "About" }).focus();
  await bob.page.keyboard.press("ArrowRight");
  await bob.seesText("No picture yet.");
  await bob.page.keyboard.press("ArrowRight");
  await bob.seesText("No file yet.");
  await bob.page.keyboard.press("Escape");
  await bob.open("Everyone");
});

test("a face for oneself and for a group, chosen, seen by others, and taken away", async () => {
  await ann.visit(new URL("/settings", server.url).href);
  await choose(ann, "Choose a picture", picture("amara"));
  await ann.page.getByRole("button", { name: "Use this picture" }).click();
  await drawn(ann.page.getByRole("contentinfo").or(ann.page.locator("footer.me")).locator(".avatar img"));
  await ann.seesText(/ of 2.GB used/);
  await drawn(bob.page.locator("article .avatar img").first());
  await ann.page.getByRole("button", { name: "Remove the picture" }).click();
  await ann.page.locator("footer.me .avatar img").waitFor({ state: "detached" });
  await bob.page.locator("article .avatar img").first().waitFor({ state: "detached" });

  await ann.open("Quiet");
  await ann.page.getByRole("button", { name: "About this conversation" }).click();
  await choose(ann, "Choose a picture", picture("group"));
  await ann.page.getByRole("button", { name: "Use this picture" }).click();
  await drawn(ann.row("Quiet").locator(".avatar img"));
  await drawn(bob.row("Quiet").locator(".avatar img"));
  await ann.page.keyboard.press("Escape");
});

test("a line is changed and deleted, and both see it at once", async () => {
  await ann.open("Everyone");
  await ann.say("Teh beans are up");
  await bob.sees("Teh beans are up");
  await ann.seesNote("Teh beans are up", /Sent|Read/);
  await ann.composer.press("ArrowUp");
  await ann.page.getByRole("textbox", { name: "Your words" }).fill("The beans are up");
  await ann.page.keyboard.press("Enter");
  for (const person of [ann, bob]) await person.seesNote("The beans are up", "edited");
  await bob.row(/^Everyone/).getByText("The beans are up").waitFor();
  await until(() => ann.composer.evaluate((element) => element === document.activeElement), true);

  const line = ann.line("The beans are up");
  await line.hover();
  await line.getByRole("button", { name: "More about this line" }).click();
  await ann.page.getByRole("menuitem", { name: "Delete" }).click();
  await ann.page.getByRole("dialog", { name: "Delete this line?" }).getByRole("button", { name: "Delete" }).click();
  for (const person of [ann, bob]) await lastLine(person).getByText("This message was deleted.").waitFor();
  await bob.row(/^Everyone/).getByText("This message was deleted.").waitFor();
});

/** Runs in a page: films a second of a square that changes its colour; resolves to base64. */
async function record() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const ended = new Promise((done) => recorder.addEventListener("stop", done));
  recorder.start();
  for (let frame = 0; frame < 60; frame++) {
    pen.fillStyle = `hsl(${frame * 6} 50% 50%)`;
    pen.fillRect(0, 0, 320, 180);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Puts a file on the desk; resolves to its path. */
async function put({ name, buffer }) {
  const file = path.join(desk, name);
  await writeFile(file, buffer);
  return file;
}

/** Chooses files by the paper clip. */
async function attach(person, files) {
  await choose(person, "Add files", files);
}

async function choose(person, button, files) {
  const [chooser] = await Promise.all([person.page.waitForEvent("filechooser"), person.page.getByRole("button", { name: button }).click()]);
  await chooser.setFiles(await Promise.all([files].flat().map(put)));
}

/** Files in the hand: resolves to a function that lets the page have an event with them. */
async function carry(person, files) {
  const input = await person.page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file", multiple: true }));
  await input.asElement().setInputFiles(await Promise.all(files.map(put)));
  const data = await input.evaluateHandle((element) => {
    const data = new DataTransfer();
    for (const file of element.files) data.items.add(file);
    return data;
  });
  return (event) => person.page.dispatchEvent("main", event, { dataTransfer: data });
}

/** Holds every piece of an upload after the first one back until it is opened. */
async function gateOf(context) {
  const gate = { held: [], waiting: [], passed: 0 };
  const beyond = (request) => request.method() === "PATCH" && Number(request.headers()["upload-offset"]) > 0;
  await context.route("**/api/uploads/**", (route) => {
    if (!beyond(route.request())) return route.continue();
    gate.held.push(route);
    for (const each of gate.waiting.splice(0)) each();
  });
  gate.opened = async (count) => {
    while (gate.held.length < count) await new Promise((done) => gate.waiting.push(done));
  };
  gate.open = async () => {
    await context.unroute("**/api/uploads/**");
    for (const route of gate.held) await route.continue().catch(() => undefined);
  };
  return gate;
}

/** The offsets of the pieces that are sent from now on. */
function offsetsOf(page) {
  const offsets = [];
  page.on("request", (request) => request.method() === "PATCH" && offsets.push(Number(request.headers()["upload-offset"])));
  return offsets;
}

/** Waits until a picture is not only there but drawn. */
async function drawn(image) {
  await image.first().waitFor();
  await image.first().evaluate(async (element) => {
    element.scrollIntoView({ block: "nearest" });
    await element.decode();
    if (element.naturalWidth === 0) throw new Error("nothing is drawn");
  });
}

/** Fingers on the glass, through the devtools protocol: from some places to others in ten steps. */
async function fingersOf(person) {
  const session = await person.context.newCDPSession(person.page);
  const points = (places) => places.map(([x, y], id) => ({ x, y, id }));
  return async (from, to) => {
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: points(from) });
    for (let i = 1; i <= 10; i++) {
      const between = from.map(([x, y], n) => [x + ((to[n][0] - x) * i) / 10, y + ((to[n][1] - y) * i) / 10]);
      await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: points(between) });
    }
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
}
