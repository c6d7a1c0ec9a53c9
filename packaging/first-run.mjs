// The steps of README.md "From the program to the first message", walked with the real program and two people in a
// real Chromium who type as people do.
import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { openBrowser, Person } from "../tests/browser/people.mjs";

/** Between two keys, in ms: 300 keys a minute. */
const A_KEY = 200;
const PASSWORD = "correct horse battery";

/** Somebody's name and password, typed into the form of setup or of an invitation. */
async function introduce({ page }, name, button) {
  await page.getByRole("textbox", { name: "Your name" }).pressSequentially(name, { delay: A_KEY });
  await page.getByRole("textbox", { name: "Password" }).pressSequentially(PASSWORD, { delay: A_KEY });
  await page.getByRole("button", { name: button }).click();
}

/** The first text that the process prints and that looks like this. */
const printed = (child, pattern) =>
  new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (more) => {
      const found = pattern.exec((text += more));
      if (found) resolve(found[0]);
    });
    child.once("exit", (code) => reject(new Error(`the program ended with ${code}`)));
  });

/** Walks them in a folder, with two free ports; resolves to `[step, seconds]` of each. */
export async function walk(program, place, [port, plainPort]) {
  const browser = await openBrowser();
  const seen = [];
  let begun = performance.now();
  const did = (step) => {
    const now = performance.now();
    seen.push([step, (now - begun) / 1000]);
    begun = now;
  };
  const file = path.join(place, "inkspot");
  let child;
  try {
    const [ann, bob] = [await Person.at(browser, { tour: true }), await Person.at(browser, { tour: true })];
    begun = performance.now();
    copyFileSync(program, file);
    const where = ["--data", path.join(place, "first-run"), "--listen", `0.0.0.0:${port}`, "--plain-listen", `0.0.0.0:${plainPort}`];
    child = spawn(file, ["serve", ...where, "--log-level", "warn"], { stdio: ["ignore", "pipe", "inherit"] });
    const link = await printed(child, /https:\S+\/setup\?token=[\w-]+/);
    did("1. start it, until the link is printed");
    await ann.visit(link);
    await ann.page.getByRole("textbox", { name: "Your name" }).waitFor();
    did("2. open the link");
    await introduce(ann, "Ann", "Create the account");
    await ann.page.getByRole("img", { name: "QR code of the invitation link" }).waitFor();
    const invitation = await ann.page.getByText(/\/invite\//).first().innerText();
    did("3. make the account");
    await ann.page.getByRole("button", { name: "Open Inkspot" }).click();
    await bob.visit(invitation.trim());
    await bob.page.getByRole("textbox", { name: "Your name" }).waitFor();
    did("4. give the invitation, open it");
    await introduce(bob, "Bob", "Come in");
    await bob.open("Everyone");
    did("5. the second person makes an account");
    await ann.open("Everyone");
    await bob.composer.pressSequentially("Hello Ann!", { delay: A_KEY });
    await bob.composer.press("Enter");
    await ann.sees("Hello Ann!");
    did("6. write, until the first person reads it");
    await Promise.all([ann.leave(), bob.leave()]);
    return seen;
  } finally {
    await browser.close();
    if (child?.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    }
  }
}
