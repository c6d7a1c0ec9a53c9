// People in browsers: what somebody does at the screen, in their words.
import assert from "node:assert/strict";
import https from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { chromium } from "playwright-core";
import { PATIENCE } from "../js/lib/server.mjs";

/** Asks until the answer is this one, or one of which this is true; resolves to it. The newest answer is in the failure. */
export async function until(ask, wanted) {
  const right = typeof wanted === "function" ? wanted : (answer) => isDeepStrictEqual(answer, wanted);
  for (const deadline = Date.now() + PATIENCE; ; await pause(50)) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (Date.now() < deadline) continue;
    if (typeof wanted !== "function") assert.deepEqual(answer, wanted);
    assert.fail(`${wanted} is not so: ${JSON.stringify(answer)?.slice(0, 600)}`);
  }
}

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Debian's Chromium. It trusts the server's own authority by the leaf key that it is shown. */
export async function openBrowser(flags = []) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...flags] });
}

/** The same with a profile in this folder, as one's own browser has it; resolves to its one context. */
export async function openProfile(dir, flags = []) {
  return chromium.launchPersistentContext(dir, { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...flags], ignoreHTTPSErrors: true, locale: "en-GB" });
}

/** Somebody (`{ token }`) uploads files as a script would; `files` are `{ name, mimeType, buffer }`. Resolves to their ids. */
export async function uploadFiles(server, { token }, files) {
  const border = "a-border-that-is-in-no-file";
  const parts = files.flatMap(({ name, mimeType, buffer }) => [
    `--${border}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: ${mimeType}\r\n\r\n`,
    buffer,
    "\r\n",
  ]);
  const body = Buffer.concat([...parts, `--${border}--\r\n`].map((part) => Buffer.from(part)));
  const answer = await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": `multipart/form-data; boundary=${border}`, "content-length": body.length };
    const request = https.request(new URL("/api/attachments", server.url), { method: "POST", agent: server.agent, headers });
    request.on("error", reject);
    request.on("response", async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
    });
    request.end(body);
  });
  assert.equal(answer.status, 201, answer.text);
  return JSON.parse(answer.text).files.map((file) => file.id);
}

/** Somebody (`{ token, api }`) sends files with a caption. */
export async function sendFiles(server, person, conversationId, content, files) {
  const attachments = await uploadFiles(server, person, files);
  const sent = await person.api("POST", "/api/messages/realtime", { conversationId, content, attachments });
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  return sent.body;
}

/** A recording of nothing: 8 bits, 8 kHz. */
export function wave(samples) {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples, 4);
  head.write("WAVEfmt ", 8);
  for (const [value, at] of [[16, 16], [8_000, 24], [8_000, 28], [samples, 40]]) head.writeUInt32LE(value, at);
  for (const [value, at] of [[1, 20], [1, 22], [1, 32], [8, 34]]) head.writeUInt16LE(value, at);
  head.write("data", 36);
  return Buffer.concat([head, Buffer.alloc(samples, 128)]);
}

/** Lays into this browser what another app has shared, as the service worker does where the certificate is trusted. */
export function shareInto(page, text, files = []) {
  return page.evaluate(
    ([words, named]) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("inkspot");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const work = opening.result.transaction("shared", "readwrite");
          work.objectStore("shared").put({ text: words, files: named.map((name) => new File(["x"], name)) }, "newest");
          work.oncomplete = () => (opening.result.close(), resolve());
          work.onerror = () => reject(work.error);
        };
      }),
    [text, files],
  );
}

/** One person with a browser profile of their own. */
export class Person {
  /** Fails the test at the end if the page had an error or broke the content security policy. */
  faults = [];
  /** Pages of messages that were asked for and are not here yet. */
  asking = new Set();

  static async at(browser, options = {}) {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      locale: "en-GB",
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    return Person.in(context, options);
  }

  /** In a page of a context that is there. */
  static async in(context, options = {}) {
    const person = new Person();
    person.context = context;
    // The first steps stand where a test looks at something else, unless it is about them.
    if (!options.tour) await person.context.addInitScript(() => {
      try {
        localStorage["inkspot.prefs"] ??= JSON.stringify({ tourDone: true });
      } catch {
        // A page of no origin keeps nothing.
      }
    });
    person.context.setDefaultTimeout(PATIENCE);
    person.page = await person.context.newPage();
    person.page.on("pageerror", (error) => person.faults.push(String(error)));
    person.page.on("console", (message) => {
      if (/Content Security Policy|Trusted Type/i.test(message.text())) person.faults.push(message.text());
    });
    person.page.on("request", (request) => {
      const { protocol, host } = new URL(request.url());
      if (/^(http|ws)/.test(protocol) && host !== person.host) person.faults.push(`asked ${request.url()}`);
      if (/\/messages\?/.test(request.url())) person.asking.add(request);
    });
    for (const end of ["requestfinished", "requestfailed"]) person.page.on(end, (request) => person.asking.delete(request));
    return person;
  }

  async visit(url) {
    this.host = new URL(url).host;
    await this.page.goto(url);
  }

  /** Fills the form of setup or of an invitation. */
  async introduce(name, password, button) {
    await this.page.getByRole("textbox", { name: "Your name" }).fill(name);
    await this.page.getByRole("textbox", { name: "Password" }).fill(password);
    await this.page.getByRole("button", { name: button }).click();
  }

  async signIn(name, password) {
    await this.page.getByRole("textbox", { name: "Name" }).fill(name);
    await this.page.getByRole("textbox", { name: "Password" }).fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.row(/./).first().waitFor();
  }

  row(title) {
    return this.page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: title });
  }

  async open(title) {
    await this.row(title).click();
    await this.heads(title);
  }

  /** Waits until this conversation is the open one. */
  async heads(title) {
    await this.page.getByRole("main").getByRole("heading", { level: 1, name: title }).waitFor();
    await this.composer.waitFor();
  }

  get composer() {
    return this.page.getByRole("textbox", { name: "Message" });
  }

  async say(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** The lines with exactly this text. */
  line(text) {
    return this.page.locator("article").filter({ has: this.page.getByText(text, { exact: true }) });
  }

  async sees(text) {
    await this.line(text).first().waitFor();
  }

  /** Waits until the line's notes say this. */
  async seesNote(text, note) {
    await this.line(text).getByText(note).waitFor();
  }

  async seesText(text) {
    await this.page.getByText(text).first().waitFor();
  }

  /** Waits until what this browser keeps in this store is as it should be. */
  async keeps(store, wanted) {
    const values = () =>
      this.page.evaluate(
        (name) =>
          new Promise((done, fail) => {
            const opening = indexedDB.open("inkspot");
            opening.onerror = fail;
            opening.onsuccess = () => {
              const all = opening.result.transaction(name).objectStore(name).getAll();
              all.onsuccess = () => (opening.result.close(), done(all.result));
            };
          }),
        store,
      );
    await until(values, wanted);
  }

  /** Waits until this is written in the composer. */
  async holds(text) {
    await until(() => this.composer.inputValue(), text);
  }

  /** Back on the line: by itself, or because one asks for it now. */
  async reconnects() {
    const [now, there] = [this.page.getByRole("button", { name: "Try now" }), this.page.getByText("Connected to")];
    await now.or(there).first().waitFor();
    // It may come back by itself at this very moment; then the button is gone.
    if (!(await there.isVisible())) await now.click({ timeout: 2_000 }).catch(() => undefined);
    await there.waitFor();
  }

  /** Waits until the page of a conversation is at rest: nothing is asked for, and for so many frames no line comes, goes or moves. */
  async rests(frames = 20) {
    for (let calm = false; !calm; ) {
      await until(() => this.asking.size, 0);
      calm = await this.page.evaluate(calmFor, [frames, PATIENCE]);
      calm &&= this.asking.size === 0;
    }
  }

  /** The texts of all lines on the page, top to bottom. */
  async lines() {
    return this.page.locator("article .words").allInnerTexts();
  }

  async leave() {
    await this.context.close();
    assert.deepEqual(this.faults, [], "no page errors, no broken policy, no request to elsewhere");
  }
}

/** Runs in a page: whether all lines stand where they are for so many frames; fails when they never do. */
function calmFor([frames, patience]) {
  const places = () => {
    const box = document.querySelector(".thread");
    const { top } = box.getBoundingClientRect();
    return [...box.querySelectorAll("article")].map((row) => `${row.dataset.row} ${(row.getBoundingClientRect().top - top).toFixed(1)}`).join();
  };
  return new Promise((done, fail) => {
    let before = places();
    let left = frames;
    const look = (now) => {
      const after = places();
      left = after === before ? left - 1 : frames;
      before = after;
      if (left === 0) done(true);
      else if (now > end) fail(new Error(`it does not rest: ${after.slice(0, 300)}`));
      else requestAnimationFrame(look);
    };
    const end = performance.now() + patience;
    requestAnimationFrame(look);
  });
}
