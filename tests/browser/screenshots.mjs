// Makes docs/screenshots anew: `npm run screenshots`. The real program, real Chromium, people of many languages.
import { mkdir } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { openBrowser, Person, sendFiles, shareInto, uploadFiles } from "./people.mjs";
import { paint } from "./pictures.mjs";

const out = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const NAMES = {
  wren: "Wren Calloway", amara: "Amara Okafor", jiri: "Jiří Novák", misaki: "佐藤 美咲", layla: "ليلى حداد",
  tomas: "Tomás Ferreira", priya: "Priya Raman", nadezhda: "Nadezhda Kowalczyk-Brandt", seoyeon: "김서연",
};
const TALK = [
  ["amara", "Morning all. The new gauge logged 11.4 mm overnight, and the barrel by the east fence is full for the first time since April."],
  ["amara", "Can somebody check that the overflow runs into the pond and not across the path?"],
  ["jiri", "It does now. I moved the hose, and the sensor runs every ten minutes: https://example.org/gauge"],
  ["wren", "Perfect. I will plot the file on Sunday; ten minutes is plenty for a slow leak."],
  ["misaki", "東側の樽は満水です。写真を三枚送りますね。 The seedlings came through the storm."],
  ["layla", "شكرًا ميساكي، الصور جميلة. سأمرّ بعد الظهر ومعي بذور الكوسا."],
  ["tomas", "Rota for the summer. Wren, you have the first week of July."],
  ["priya", "I can take the second one 🌧️"],
];

const browser = await openBrowser();
const painted = await paint(browser);
const picture = (name, as = `${name}-0612.jpg`) => ({ name: as, mimeType: "image/jpeg", buffer: painted[name] });
const paper = (name, mimeType, size) => ({ name, mimeType, buffer: Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(size, 32)]) });

const server = await TestServer.start({ users: Object.keys(NAMES), args: ["--name", "Rowan"] });
const people = {};
for (const [name, displayName] of Object.entries(NAMES)) {
  people[name] = await server.signIn(name);
  await people[name].api("PATCH", "/api/auth/me", { displayName });
}
const { wren } = people;
const make = async (body) => (await wren.api("POST", "/api/conversations", body)).body.id;
const say = (who, conversationId, content) => people[who].api("POST", "/api/messages/realtime", { conversationId, content });

const others = Object.keys(NAMES).slice(1);
const family = await make({ title: "Family, all of us", isGroup: true, members: ["nadezhda", "seoyeon"] });
await say("nadezhda", family, "Ba: Con về chủ nhật nhé");
const lab = await make({ title: "Home lab", isGroup: true, members: ["jiri"] });
await say("wren", lab, "If the rain gauge is on pin 17 then the soil probe has to move to 27. I will write it on the lid.");
for (const text of ["disk one is out", "resilvering", "disk two is back"]) await say("jiri", lab, text);
const gauge = "雨量計の写真です。 The gauge reads a little high when the wind is from the east, and rain runs off the shed roof into it.";
for (const [who, ...texts] of [["seoyeon", "내일 세 시 괜찮아요"], ["tomas", "I have two spare pallets if anybody needs them"], ["misaki", gauge, "写真、ありがとうございました。"]]) {
  const room = await make({ isGroup: false, members: [who] });
  for (const text of texts) await say(who, room, text);
}
const notices = await make({ title: "Gauge notices", isGroup: true, members: ["jiri", "layla"] });
await say("layla", notices, "اشتريت مقياس المطر، rain gauge بلاستيك هذه المرة.");
await say("jiri", notices, "11.4 mm since midnight");
const allotment = await make({ title: "Allotment 14", isGroup: true, members: others });
for (const [who, text] of TALK.slice(0, 6)) await say(who, allotment, text);
const read = (await wren.api("GET", `/api/conversations/${allotment}`)).body;
await wren.api("POST", `/api/conversations/${allotment}/read`, { seq: read.lastSeq });
for (const who of ["amara", "jiri"]) await people[who].api("POST", `/api/conversations/${allotment}/read`, { seq: read.lastSeq });
for (const [who, text] of TALK.slice(6)) await say(who, allotment, text);

const plot = await make({ title: "The plot in June", isGroup: true, members: ["amara", "jiri", "misaki", "tomas"] });
await say("amara", plot, "Here is how it looks this morning.");
await sendFiles(server, people.amara, plot, "", [picture("beds")]);
await sendFiles(server, people.misaki, plot, "東側の樽は満水です。写真を三枚送りますね。 The seedlings came through the storm.", ["pond", "barrel", "tomatoes"].map((name) => picture(name)));
await say("wren", plot, "What a difference to last week!");
await sendFiles(server, people.tomas, plot, "Rota for the summer. Wren, you have the first week of July.", [paper("Watering rota, June to August.pdf", "application/pdf", 253_000)]);
await sendFiles(server, people.jiri, plot, "", ["beds", "tomatoes", "pond", "barrel", "group"].map((name) => picture(name, `gauge-${name}.jpg`)));
await wren.api("POST", `/api/conversations/${plot}/read`, { seq: (await wren.api("GET", `/api/conversations/${plot}`)).body.lastSeq });
for (const who of ["amara", "jiri"]) {
  const [fileId] = await uploadFiles(server, people[who], [picture(who)]);
  await people[who].api("PUT", "/api/auth/me/avatar", { fileId });
}

await mkdir(out, { recursive: true });
const SIZES = { desktop: { width: 1440, height: 900 }, tablet: { width: 820, height: 1180 }, phone: { width: 390, height: 844 } };
for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const person = await Person.at(browser, { viewport, colorScheme, hasTouch: size === "phone" });
    const shot = async (name) => {
      await person.page.evaluate(() => document.fonts.ready);
      await person.page.screenshot({ path: `${out}${name}-${size}-${colorScheme}.png`, animations: "disabled" });
    };
    await person.visit(server.url);
    await person.page.getByRole("button", { name: "Sign in" }).waitFor();
    if (size !== "tablet") await shot("sign-in");
    await person.signIn("wren", PASSWORD);
    if (size === "phone") await shot("list");
    await person.open(/^Allotment 14/);
    await person.line(/^I can take the second one/).waitFor();
    await shot("conversation");
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
      await nowAndThen(person, shot);
    }
    await person.leave();
    await wren.api("DELETE", "/api/auth/sessions");
  }
}
await browser.close();
await server.close();

/** What is met now and then: something shared, the connection doctor, the first steps. */
async function nowAndThen(person, shot) {
  const { page } = person;
  await shareInto(page, "Rain in May, and how much of it the barrels took", ["rain-may.csv"]);
  await person.visit(new URL("/share", server.url).href);
  await page.getByRole("button", { name: /^The plot in June/ }).waitFor();
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
