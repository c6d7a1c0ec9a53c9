// A walk over all screens in any language: finds what it needs by the words of that language.
import { PASSWORD } from "../js/lib/server.mjs";
import { Person, sendFiles, wave } from "./people.mjs";
import { speaker } from "./words.mjs";

/** The size of a phone. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** Where a browser with this language may be. */
export const LOCALES = { en: "en-GB", de: "de-DE", es: "es-ES", zh: "zh-CN", ar: "ar-EG" };
/** The group that is walked through, whose title is long on purpose. */
export const TITLE = "Allotment 14 and the neighbours beyond the long hedge";

/** Fills a server with what the screens show; `ann` walks later. */
export async function furnish(server, ann, bob) {
  const room = (await ann.api("POST", "/api/conversations", { title: TITLE, isGroup: true, members: ["bob"] })).body.id;
  const say = (who, content) => who.api("POST", "/api/messages/realtime", { conversationId: room, content });
  await say(bob, "See https://example.org/a/very/long/address/that/does/not/end/soon?and=has&many=parts");
  await say(ann, "شكرًا، rain gauge بلاستيك هذه المرة.");
  await say(bob, "東側の樽は満水です。");
  const files = [
    { name: "Watering rota, June to August, second version.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n%%EOF\n") },
    { name: "silence.wav", mimeType: "audio/wav", buffer: wave(8_000) },
  ];
  await sendFiles(server, bob, room, "The rota", files);
  const words = (await say(ann, "Teh beans")).body.id;
  await ann.api("PATCH", `/api/messages/${words}`, { content: "The beans" });
  const gone = (await say(bob, "Never mind")).body.id;
  await bob.api("DELETE", `/api/messages/${gone}`);
  await ann.api("POST", `/api/conversations/${room}/read`, { seq: 4 });
  await ann.api("POST", "/api/conversations", { title: "Nothing in it", isGroup: true, members: ["bob"] });
  await ann.api("POST", "/api/invites", {});
}

/** Walks over all screens and calls `look(person, screen)` on each. */
export async function walk(browser, server, language, options, look) {
  const t = speaker(language);
  const person = await Person.at(browser, { locale: LOCALES[language], reducedMotion: "reduce", ...options });
  const { page } = person;
  const press = (name) => page.getByRole("button", { name, exact: true }).last().click();
  const go = (path) => person.visit(new URL(path, server.url).href);
  const at = (screen) => look(person, screen);
  await go("/");
  await press(t("signin.go"));
  await page.getByText(t("signin.empty.username")).waitFor();
  await at("sign-in");
  await go("/invite/none");
  await page.getByText(t("join.invalidText")).waitFor();
  await at("invitation-gone");
  await go("/");
  await page.getByRole("textbox", { name: t("signin.name"), exact: true }).fill("ann");
  await page.getByRole("textbox", { name: t("door.password"), exact: true }).fill(PASSWORD);
  await press(t("signin.go"));
  const row = (title) => page.getByRole("navigation", { name: t("list.label") }).getByRole("link", { name: title });
  await row(TITLE).waitFor();
  await at("list");
  await row("Nothing in it").click();
  await page.getByText(t("page.emptyGroup")).waitFor();
  await at("empty-conversation");
  await go("/");
  await row(TITLE).click();
  await page.getByText("The beans").last().waitFor();
  await page.getByRole("textbox", { name: t("write.label"), exact: true }).fill("x".repeat(8_001));
  await at("conversation");
  await page.getByRole("textbox", { name: t("write.label"), exact: true }).fill("");
  await page.getByRole("article").filter({ hasText: "The beans" }).getByRole("button", { name: t("line.more") }).evaluate((button) => button.click());
  await page.getByRole("menu").waitFor();
  await at("line-menu");
  await page.keyboard.press("Escape");
  await press(t("room.about"));
  await page.getByRole("dialog").getByText("bob").first().waitFor();
  await at("details");
  for (const tab of ["files.pictures", "files.files"]) {
    await page.getByRole("tab", { name: t(tab) }).click();
    await page.getByRole("tabpanel").locator(":scope:not(:has([aria-busy=true]))").waitFor();
    await at(tab.replace(".", "-"));
  }
  await page.keyboard.press("Escape");
  // Closing goes a step back, which would break off the way to another page.
  await page.waitForURL((url) => !url.pathname.endsWith("/about"));
  await go("/");
  await row(TITLE).waitFor();
  await press(t("list.new"));
  await page.getByRole("checkbox", { name: /bob/ }).check();
  await press(t("new.asGroup"));
  await at("new-conversation");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("option").first().waitFor();
  await at("switcher");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+/");
  await page.getByRole("dialog").waitFor();
  await at("shortcuts");
  await go("/search");
  await page.getByText(t("search.teach")).waitFor();
  await at("search");
  await page.getByRole("combobox").fill("beans from:me before:2099-01-02");
  await page.getByText(t("search.count", { n: 1 })).waitFor();
  await at("search-results");
  await go("/settings");
  await page.getByText(t("settings.thisDevice")).waitFor();
  await at("settings");
  await go("/admin");
  await page.getByRole("main").getByText("bob").first().waitFor();
  await at("people");
  await go("/nowhere");
  await page.getByText(t("app.notFound")).waitFor();
  await at("nothing-there");
  await go("/");
  await row(TITLE).click();
  await page.getByText("The beans").last().waitFor();
  await person.context.setOffline(true);
  await page.getByRole("button", { name: t("link.now") }).waitFor();
  await at("offline");
  await person.leave();
}
