// Makes docs/screenshots anew: `npm run screenshots`. The real program, real Chromium; who and what is seen stands in garden.mjs.
import { mkdir, readdir, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { NOW, plant, USERS, ZONE } from "./garden.mjs";
import { openBrowser, Person, shareInto } from "./people.mjs";
import { paint } from "./pictures.mjs";

const out = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const SIZES = {
  desktop: { viewport: { width: 1440, height: 900 } },
  tablet: { viewport: { width: 820, height: 1180 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};
/** What is shown on dark paper too. */
const DARK = ["sign-in", "list", "conversation", "files", "details", "settings", "results", "switcher"];

const browser = await openBrowser();
const painted = await paint(browser);
const picture = (name, as = `${name}-0612.jpg`) => ({ name: as, mimeType: "image/jpeg", buffer: painted[name] });
const server = await TestServer.start({ users: USERS, args: ["--name", "Rowan"] });
const garden = await plant(server, picture);

await mkdir(out, { recursive: true });
for (const old of await readdir(out)) if (old.endsWith(".png")) await rm(out + old);
for (const colorScheme of ["light", "dark"]) {
  for (const [size, options] of Object.entries(SIZES)) {
    const look = { ...options, colorScheme, timezoneId: ZONE };
    const shotOf = ({ page }) => async (name) => {
      if (colorScheme === "dark" && !DARK.includes(name)) return;
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: `${out}${name}-${size}-${colorScheme}.png`, animations: "disabled" });
    };
    const person = await Person.at(browser, look);
    await garden.tell(person.context);
    await person.page.clock.setFixedTime(new Date(NOW));
    const shot = shotOf(person);
    await person.visit(server.url);
    await person.page.getByRole("button", { name: "Sign in" }).waitFor();
    if (size !== "tablet") await shot("sign-in");
    await person.signIn("wren", PASSWORD);
    if (size === "phone") await shot("list");
    await talkOf(person, shot);
    if (size !== "tablet") {
      await person.page.getByRole("button", { name: "About this conversation" }).click();
      await person.page.getByRole("dialog").waitFor();
      await shot("details");
      await person.page.keyboard.press("Escape");
      await filesOf(person, shot);
      await person.visit(new URL("/settings", server.url).href);
      await person.page.getByRole("heading", { level: 1 }).waitFor();
      await shot("settings");
      await searchOf(person, shot);
    }
    await person.leave();
    if (size !== "tablet" && colorScheme === "light") {
      // These ask what time it is, so they live now.
      const other = await Person.at(browser, look);
      await other.visit(server.url);
      await other.signIn("wren", PASSWORD);
      await nowAndThen(other, shotOf(other));
      await other.leave();
    }
    await garden.people.wren.api("DELETE", "/api/auth/sessions");
    await garden.again();
  }
}
garden.leave();
await browser.close();
await server.close();

/** A conversation while two are writing. */
async function talkOf(person, shot) {
  const { page } = person;
  await person.open(/^Allotment 14/);
  await person.line(/^I can take the second one/).waitFor();
  garden.writing("allotment", ["amara", "jiri"]);
  await page.getByRole("status").getByText(/ and .* are writing$/).waitFor();
  await page.mouse.move(1, 1);
  await shot("conversation");
  garden.writing("allotment");
}

/** What is met now and then: something shared, the connection doctor, the first steps. */
async function nowAndThen(person, shot) {
  const { page } = person;
  await shareInto(page, "Rain in May, and how much of it the barrels took", ["rain-may.csv"]);
  await person.visit(new URL("/share", server.url).href);
  await page.getByRole("button", { name: /^Allotment 14/ }).waitFor();
  await shot("share");
  await person.visit(new URL("/doctor", server.url).href);
  await page.getByRole("button", { name: "Copy the report" }).and(page.locator(":enabled")).waitFor();
  await shot("doctor");
  await page.evaluate(() => localStorage.removeItem("inkspot.prefs"));
  await page.context().addInitScript(() => localStorage.removeItem("inkspot.prefs"));
  await person.visit(server.url);
  await page.getByRole("complementary", { name: "First steps" }).waitFor();
  await shot("first-steps");
}

/** The search page before and after one has typed, and the quick switcher. */
async function searchOf(person, shot) {
  const { page } = person;
  await person.visit(new URL("/search", server.url).href);
  await page.getByRole("heading", { name: "Find what was said." }).waitFor();
  await shot("search");
  const field = page.getByRole("combobox", { name: "Search messages, people and conversations" });
  await field.fill("gauge");
  await page.locator("a.hit").nth(3).waitFor();
  await shot("results");
  await field.fill("rota has:");
  await page.getByRole("option").first().waitFor();
  await page.locator("a.hit").filter({ hasText: "Watering rota" }).waitFor();
  await page.locator(".results [aria-busy=false]").waitFor();
  await shot("completion");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("option").nth(3).waitFor();
  await shot("switcher");
}

/** Pictures and files: in the page, in the tray while they go, large, and collected. */
async function filesOf(person, shot) {
  const { page } = person;
  await page.route("**/api/uploads/**", (route) => {
    const request = route.request();
    return request.method() === "PATCH" && Number(request.headers()["upload-offset"]) > 0 ? undefined : route.continue();
  });
  if (await page.getByRole("link", { name: "Back to the list" }).isVisible()) await page.getByRole("link", { name: "Back to the list" }).click();
  await person.open(/^The plot in June/);
  await page.getByRole("button", { name: /^Open gauge-beds/ }).waitFor();
  await pause(400);
  await shot("files");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Add files" }).click()]);
  await chooser.setFiles([picture("tomatoes", "first-ripe.jpg"), { name: "rain-may.csv", mimeType: "text/csv", buffer: Buffer.alloc(13_000_000, 65) }]);
  await person.composer.fill("Tomás, happy to take July. Here is what May looked like, and");
  await page.getByText("first-ripe.jpg").waitFor();
  await page.getByText(/^6\d% of/).waitFor();
  await page.mouse.move(1, 1);
  await shot("tray");
  await page.getByRole("button", { name: "Remove rain-may.csv" }).click();
  await page.getByRole("button", { name: "Remove first-ripe.jpg" }).click();
  await person.composer.fill("");
  await page.getByRole("button", { name: /^Open pond-0612\.jpg/ }).click();
  await pause(400);
  await shot("lightbox");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "About this conversation" }).click();
  await page.getByRole("tab", { name: "Pictures" }).click();
  await page.getByRole("button", { name: /show the message$/ }).first().waitFor();
  await pause(400);
  await shot("pictures");
  await page.keyboard.press("Escape");
}
