// The app below a path, as behind a proxy, with another path for the realtime connection: the whole way of two people.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person } from "./people.mjs";

let browser, server, ann, bob;

before(async () => {
  // A worker is only taken from a server whose certificate is trusted.
  browser = await openBrowser(["--ignore-certificate-errors"]);
  server = await TestServer.start({ args: ["--path-prefix", "/chat", "--socket-path", "/live"] });
  [ann, bob] = await Promise.all([Person.at(browser), Person.at(browser)]);
});
after(async () => {
  // Whatever was asked for was asked for below the path: a proxy shows nothing else.
  const asked = [...ann.asked, ...bob.asked].filter((path) => path !== "/" && !path.startsWith("/chat/"));
  await ann.leave();
  await bob.leave();
  await browser.close();
  await server.close();
  assert.deepEqual(asked, []);
});

const pathOf = (person) => new URL(person.page.url()).pathname;
const here = (link) => new URL(new URL(link).pathname + new URL(link).search, server.url).href;

test("from the setup link to a chat, all of it below the path", async () => {
  for (const person of [ann, bob]) {
    person.asked = [];
    const note = (url) => /^(http|ws)/.test(url) && person.asked.push(new URL(url).pathname);
    person.page.on("request", (request) => note(request.url()));
    person.page.on("websocket", (socket) => note(socket.url()));
  }
  const setup = new URL(server.setupLink);
  await ann.visit(`${server.url}/chat${setup.pathname.replace(/^\/chat/, "")}${setup.search}`);
  await ann.introduce("ann", PASSWORD, "Create the account");
  const invitation = await ann.page.getByText(/\/invite\//).first().innerText();
  assert.match(new URL(invitation).pathname, /^\/chat\/invite\//);
  await ann.page.getByRole("button", { name: "Open Inkspot" }).click();
  await ann.open("Everyone");
  assert.match(pathOf(ann), /^\/chat\/conversations\//);

  await bob.visit(here(invitation));
  await bob.introduce("bob", PASSWORD, "Come in");
  await bob.open("Everyone");
  await bob.say("from below");
  await ann.sees("from below");
  await ann.say("heard");
  await bob.sees("heard");
  assert.ok(ann.asked.some((path) => path === "/chat/live/"), "a WebSocket on the path that is set");
});

test("a file goes up, is seen by the other, and comes down", async () => {
  const [chooser] = await Promise.all([ann.page.waitForEvent("filechooser"), ann.page.getByRole("button", { name: "Add files" }).click()]);
  await chooser.setFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("beans") });
  await ann.page.getByRole("list", { name: "Files to send" }).getByText("notes.txt").waitFor();
  await ann.composer.fill("the notes");
  await ann.composer.press("Enter");
  const card = bob.page.getByRole("article").getByRole("link", { name: /notes\.txt/ }).first();
  await card.waitFor();
  const [download] = await Promise.all([bob.page.waitForEvent("download"), card.click()]);
  assert.equal(download.suggestedFilename(), "notes.txt");
});

test("links, the way back and a new load keep to the path", async () => {
  const { page } = bob;
  await page.getByRole("link", { name: "Settings" }).first().click();
  await page.getByRole("main", { name: "Settings" }).waitFor();
  assert.equal(pathOf(bob), "/chat/settings");
  await page.reload();
  await page.getByRole("main", { name: "Settings" }).waitFor();
  await bob.open("Everyone");
  await page.reload();
  await bob.sees("heard");
  await page.goBack();
  await page.getByRole("main", { name: "Settings" }).waitFor();
});

test("it is installed below the path, and opens from there while the server is gone", async () => {
  const { page } = bob;
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  assert.equal(scope, `${server.url}/chat/`);
  const manifest = await page.evaluate(async () => {
    const { href } = document.querySelector("link[rel=manifest]");
    const { start_url, share_target, icons } = await (await fetch(href)).json();
    return [start_url, share_target.action, icons[0].src].map((each) => new URL(each, href).pathname);
  });
  assert.deepEqual(manifest, ["/chat/", "/chat/share", "/chat/icons/icon-192.png"]);
  await bob.open("Everyone");
  await bob.sees("heard");
  await bob.keeps("lines", (lines) => lines.some((line) => JSON.stringify(line).includes('"heard"')));
  await bob.context.setOffline(true);
  await page.reload();
  await bob.sees("heard");
  await bob.context.setOffline(false);
});

test("what is opened past the proxy moves to where it belongs", async () => {
  const { page } = ann;
  const inside = pathOf(ann).replace(/^\/chat/, "");
  const guest = await Person.at(browser);
  await guest.visit(`${server.url}/`);
  await guest.signIn("ann", PASSWORD);
  assert.equal(pathOf(guest), "/chat/");
  await guest.visit(`${server.url}${inside}`);
  await guest.heads("Everyone");
  assert.equal(pathOf(guest), `/chat${inside}`);
  await guest.leave();
  await page.bringToFront();
});

test("the API describes itself where it is", async () => {
  const { body } = await server.request("GET", "/chat/api/openapi.json");
  assert.deepEqual(body.servers, [{ url: "/chat" }]);
});
