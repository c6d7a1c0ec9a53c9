// The kit of the web UI, served by vite as while developing: `npm run kit -- FOLDER` draws it in all its looks.
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openBrowser } from "./people.mjs";

const ui = fileURLToPath(new URL("../../assets/ui/", import.meta.url));

/** What floats, by its name in the address. */
export const FLOATING = ["menu", "choices", "dialog", "sheet", "confirm", "switcher", "shortcuts", "lightbox", "tour", "update"];

/** The looks in which it is drawn: what the browser is set to, and what is chosen in it. */
export const LOOKS = {
  "desk-light": { width: 1440, options: { colorScheme: "light" } },
  "desk-dark": { width: 1440, options: { colorScheme: "dark" } },
  "desk-forced": { width: 1440, options: { forcedColors: "active" } },
  "desk-rtl": { width: 1440, prefs: { language: "ar" } },
  "desk-compact": { width: 1440, prefs: { density: "compact", ink: "green" } },
  "phone-light": { width: 390, options: { hasTouch: true, isMobile: true } },
  "phone-dark": { width: 390, options: { colorScheme: "dark", hasTouch: true, isMobile: true } },
  "phone-rtl": { width: 390, options: { hasTouch: true, isMobile: true }, prefs: { language: "ar", textSize: "largest" } },
};

/** Serves the kit on a free port of this machine. There is no Inkspot behind it. */
export async function serveKit() {
  const { createServer } = await import(pathToFileURL(createRequire(path.join(ui, "package.json")).resolve("vite")).href);
  const server = await createServer({ root: ui, configFile: path.join(ui, "vite.config.ts"), logLevel: "error", server: { host: "127.0.0.1", port: 0, strictPort: false } });
  await server.listen();
  const { port } = server.httpServer.address();
  return { url: `http://127.0.0.1:${port}/_kit`, close: () => server.close() };
}

/** Opens the kit in a look, optionally with something floating. */
export async function openKit(browser, url, { width, options, prefs }, open) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: "reduce", locale: "en-GB", ...options });
  await context.addInitScript((kept) => (localStorage["inkspot.prefs"] = JSON.stringify(kept)), prefs ?? {});
  const page = await context.newPage();
  await page.route((address) => address.pathname.startsWith("/api/"), (route) => route.abort());
  await page.goto(open === undefined ? url : `${url}?open=${open}`);
  // The first time vite prepares what it serves.
  await page.getByRole("heading", { level: 1, name: "The kit" }).waitFor({ timeout: 120_000 });
  // A whole page is drawn without being scrolled through.
  await page.evaluate(() => Promise.all([document.fonts.ready, ...[...document.images].map((it) => ((it.loading = "eager"), it.decode().catch(() => undefined)))]));
  return { page, close: () => context.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = process.argv[2] ?? "kit";
  await mkdir(out, { recursive: true });
  const [browser, kit] = await Promise.all([openBrowser(), serveKit()]);
  for (const [name, look] of Object.entries(LOOKS)) {
    const { page, close } = await openKit(browser, kit.url, look);
    await page.screenshot({ path: path.join(out, `${name}.png`), fullPage: true, animations: "disabled" });
    for (const open of FLOATING) {
      await page.goto(`${kit.url}?open=${open}`);
      await page.locator("dialog[open], [popover]:popover-open, .tour, .update").first().waitFor();
      await page.screenshot({ path: path.join(out, `${name}-${open}.png`), animations: "disabled" });
    }
    await close();
  }
  await browser.close();
  await kit.close();
}
