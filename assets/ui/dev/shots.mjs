/** Pictures of the pages on the mock, for looking at them: `node dev/shots.mjs OUT [name…]`. */

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const base = process.env.BASE ?? "http://127.0.0.1:3210";
const out = process.argv[2] ?? "/tmp/shots";
const only = process.argv.slice(3);
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 }, mid: { width: 1024, height: 768 } };

async function page(size, scheme, signedIn = true) {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: scheme, locale: "en-GB", hasTouch: size === "phone", isMobile: size === "phone" });
  const tab = await context.newPage();
  tab.on("console", (m) => ["error", "warning"].includes(m.type()) && console.log(`[${size}/${scheme}] ${m.text()}`));
  tab.on("pageerror", (e) => console.log(`[${size}/${scheme}] ${e.stack}`));
  if (signedIn) {
    await tab.request.post(`${base}/api/auth/login`, { data: { username: "wren", password: "correct horse" } });
  }
  return tab;
}

const SCENES = {
  setup: async (tab) => {
    await tab.goto(`${base}/setup?token=T`);
    await tab.getByLabel("Your name").fill("Wren Calloway");
    await tab.getByLabel("Password", { exact: true }).fill("seventeen quiet herons");
  },
  signin: async (tab) => {
    await tab.goto(`${base}/`);
    await tab.getByLabel("Name").fill("wren");
    await tab.getByLabel("Password", { exact: true }).fill("wrong one");
    await tab.getByRole("button", { name: "Sign in" }).click();
    await tab.getByRole("alert").getByText("not right").waitFor();
  },
  list: async (tab) => {
    await tab.goto(`${base}/`);
    await tab.getByText("Connected to").waitFor({ state: "attached" });
  },
  conversation: async (tab) => {
    await tab.goto(`${base}/conversations/allotment`);
    await tab.getByText("pigeons").first().waitFor();
    await tab.getByRole("textbox", { name: "Message" }).fill("Happy to take July. Here is what May looked like, and");
    await tab.waitForTimeout(300);
  },
  typing: async (tab) => {
    const other = await page("desk", "light", false);
    await other.request.post(`${base}/api/auth/login`, { data: { username: "amara", password: "correct horse" } });
    await other.goto(`${base}/conversations/allotment`);
    const third = await page("desk", "light", false);
    await third.request.post(`${base}/api/auth/login`, { data: { username: "jiri", password: "correct horse" } });
    await third.goto(`${base}/conversations/allotment`);
    await tab.goto(`${base}/conversations/allotment`);
    await tab.getByText("pigeons").first().waitFor();
    await other.getByRole("textbox", { name: "Message" }).waitFor();
    const write = tab.getByRole("textbox", { name: "Message" });
    await write.fill("I have netting, enough for two beds.");
    await write.press("Enter");
    await write.fill("#refuse this line is refused by the mock");
    await write.press("Enter");
    await tab.getByText("Not sent.").first().waitFor();
    await other.getByText("enough for two").first().waitFor();
    await other.getByRole("textbox", { name: "Message" }).pressSequentially("Wonderful");
    await third.getByRole("textbox", { name: "Message" }).pressSequentially("Good");
    await tab.getByText("are writing").waitFor();
  },
  offline: async (tab) => {
    await tab.goto(`${base}/conversations/allotment`);
    await tab.getByText("pigeons").first().waitFor();
    await tab.getByText("Connected to").waitFor({ state: "attached" });
    await tab.context().setOffline(true);
    await tab.getByRole("textbox", { name: "Message" }).fill("Both weeks suit me.");
    await tab.getByRole("textbox", { name: "Message" }).press("Enter");
    await tab.getByRole("button", { name: "Try now" }).waitFor();
  },
  empty: async (tab) => {
    await tab.goto(`${base}/conversations/d-amara`);
    await tab.getByText("A clean page").waitFor();
  },
  new: async (tab) => {
    await tab.goto(`${base}/`);
    await tab.getByRole("button", { name: "New conversation" }).first().click();
    await tab.getByRole("checkbox").first().waitFor();
    await tab.getByText("佐藤 美咲").last().click();
    await tab.getByText("Tomás Ferreira").last().click();
    await tab.waitForTimeout(300);
  },
  details: async (tab) => {
    await tab.goto(`${base}/conversations/allotment`);
    await tab.getByRole("button", { name: "About this conversation" }).click();
    await tab.waitForTimeout(400);
  },
  invite: async (tab) => {
    await tab.goto(`${base}/conversations/allotment`);
    await tab.getByRole("button", { name: "About this conversation" }).click();
    await tab.getByRole("button", { name: "Invite by link" }).click();
    await tab.getByRole("button", { name: "Make the invitation" }).click();
    await tab.getByAltText("QR code of the invitation link").waitFor();
    await tab.waitForTimeout(300);
  },
  settings: async (tab) => {
    await tab.goto(`${base}/settings`);
    await tab.getByText("This device").waitFor();
  },
  people: async (tab) => {
    await tab.goto(`${base}/people`);
    await tab.getByText("Jiří Novák").last().waitFor();
  },
  rtl: async (tab) => {
    await tab.goto(`${base}/conversations/allotment`);
    await tab.getByText("pigeons").first().waitFor();
    await tab.evaluate(() => (document.documentElement.dir = "rtl"));
    await tab.waitForTimeout(300);
  },
};

const VIEWS = process.env.VIEWS?.split(",") ?? ["desk-light", "phone-light", "desk-dark", "phone-dark"];
for (const [name, act] of Object.entries(SCENES)) {
  if (only.length > 0 && !only.includes(name)) continue;
  for (const view of VIEWS) {
    const [size, scheme] = view.split("-");
    const tab = await page(size, scheme, !["setup", "signin"].includes(name));
    try {
      await act(tab);
    } catch (error) {
      console.log(`${name} ${view}: ${error.message.split("\n").slice(0, 4).join(" ")}`);
    }
    await tab.screenshot({ path: `${out}/${name}-${view}.png` });
    await tab.context().close();
  }
}
await browser.close();
