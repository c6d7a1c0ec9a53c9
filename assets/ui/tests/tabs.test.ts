import { beforeEach, expect, test } from "vitest";
import { Browser, type Tab } from "./browser-fakes";
import { settle } from "./support";

let browser: Browser;
beforeEach(() => (browser = new Browser()));

const pass = async (ms: number) => {
  browser.clock.advance(ms);
  await settle();
};
const five = async (): Promise<[Tab, Tab, Tab, Tab, Tab]> => {
  const tabs = [];
  for (let i = 0; i < 5; i += 1) tabs.push(await browser.open(i === 0));
  return tabs as [Tab, Tab, Tab, Tab, Tab];
};

test("five tabs have one socket, and all of them hear everything once", async () => {
  const tabs = await five();
  expect(browser.leaders).toEqual([tabs[0]]);
  expect(browser.server.sockets.size).toBe(1);
  browser.server.say("hello");
  await settle();
  for (const tab of tabs) {
    expect(tab.heard).toEqual(["hello"]);
    expect(tab.line.connected).toBe(true);
  }
});

test("when the tab that leads closes or crashes, another one goes on where it stopped", async () => {
  const [first, second, ...rest] = await five();
  browser.server.say("a");
  await settle();
  first.crash();
  browser.server.say("b");
  await settle();
  expect(browser.leaders).toHaveLength(1);
  second.line.close();
  browser.server.say("c");
  await settle();
  expect(browser.leaders).toHaveLength(1);
  expect(browser.server.sockets.size).toBe(1);
  for (const tab of rest) expect(tab.heard).toEqual(["a", "b", "c"]);
});

test("a tab that is seen takes the lead from one that is hidden, and only from such a one", async () => {
  const [first, second] = await five();
  second.line.show({ visible: true });
  await settle();
  await pass(10_000);
  expect(browser.leaders).toEqual([first]);

  first.line.show({ visible: false });
  await settle();
  await pass(1_999);
  expect(browser.leaders).toEqual([first]);
  browser.server.say("a");
  await pass(1);
  expect(browser.leaders).toEqual([second]);
  browser.server.say("b");
  await pass(500);
  expect(browser.server.sockets).toEqual(new Set([second]));
  for (const tab of browser.tabs) expect(tab.heard).toEqual(["a", "b"]);

  second.crash();
  await settle();
  expect(browser.leaders).toHaveLength(1);
});

test("going past a tab for a moment moves nothing", async () => {
  const [first, second] = await five();
  first.line.show({ visible: false });
  second.line.show({ visible: true });
  await pass(1_000);
  second.line.show({ visible: false });
  first.line.show({ visible: true });
  await pass(10_000);
  expect(browser.leaders).toEqual([first]);
  expect(browser.server.opened).toBe(1);
});

test("a frozen tab loses the lead to one that is seen, which misses nothing", async () => {
  const [first, second, third] = await five();
  first.frozen = true;
  browser.server.sockets.delete(first);
  browser.server.say("a");
  second.line.show({ visible: true });
  await pass(4_000);
  await pass(500);
  expect(second.line.leading).toBe(true);
  expect(third.heard).toEqual(["a"]);
  // It wakes, finds its socket gone and says so before it hears that it lost the lead: nobody takes it for the one that leads.
  first.socket.events.emit("lost", { restarting: false });
  await settle();
  expect(third.line.connected).toBe(true);
  first.wake();
  await settle();
  expect(browser.leaders).toEqual([second]);
  expect(first.line.connected).toBe(true);
  browser.server.say("b");
  await settle();
  for (const tab of browser.tabs) expect(tab.heard.at(-1)).toBe("b");
  expect(browser.server.sockets).toEqual(new Set([second]));
});

test("a tab that heard nothing for long follows whoever leads by now", async () => {
  const [first, second, third] = await five();
  third.frozen = true;
  first.line.show({ visible: false });
  second.line.show({ visible: true });
  await settle();
  await pass(3_000);
  expect(second.line.leading).toBe(true);
  third.wake();
  third.line.show({ visible: true });
  await settle();
  browser.server.say("a");
  await settle();
  expect(third.heard).toEqual(["a"]);
  await pass(10_000);
  expect(browser.leaders).toEqual([second]);
});

test("a conversation is joined while any tab has it open", async () => {
  const [first, second, third] = await five();
  first.line.show({ joins: ["x"] });
  second.line.show({ joins: ["x", "y"] });
  third.line.show({ joins: ["z"] });
  await settle();
  expect([...browser.server.joined].sort()).toEqual(["x", "y", "z"]);
  second.line.show({ joins: [] });
  await settle();
  expect([...browser.server.joined].sort()).toEqual(["x", "z"]);
  third.crash();
  await settle();
  expect([...browser.server.joined]).toEqual(["x"]);
  // The next one takes over what is open elsewhere, and what was open in the one that led is left.
  second.line.show({ joins: ["v"] });
  await settle();
  first.crash();
  await settle();
  expect([...browser.server.joined]).toContain("v");
});

test("what a tab says goes through the one that leads, and answers come back", async () => {
  const [first, second] = await five();
  second.line.tell("typing-start", 1);
  await expect(second.line.ask("send-message", 2)).resolves.toEqual({ event: "send-message", data: 2 });
  expect(browser.server.told).toEqual([["typing-start", 1], ["send-message", 2]]);
  const lost = second.line.ask("send-message", 3);
  first.crash();
  await expect(lost).rejects.toMatchObject({ code: "offline" });
});

test("what one tab shares the others hear, and a new one is noticed", async () => {
  const [first, second] = await five();
  const heard: unknown[] = [];
  let came = 0;
  first.line.events.on("shared", ({ topic, data }) => heard.push([topic, data]));
  first.line.events.on("came", () => (came += 1));
  second.line.share("read", 7);
  await settle();
  expect(heard).toEqual([["read", 7]]);
  const late = await browser.open();
  expect(came).toBe(1);
  expect(late.line.connected).toBe(true);
});

test("the one that leads knows which conversations somebody is looking at", async () => {
  const [first, second] = await five();
  first.line.show({ looking: "x" });
  second.line.show({ looking: "y" });
  await settle();
  expect(first.line.lookedAt).toEqual(["x", "y"]);
  second.crash();
  await settle();
  expect(first.line.lookedAt).toEqual(["x"]);
});

test("signed out, nobody leads and nothing is connected", async () => {
  const tabs = await five();
  for (const tab of tabs) tab.line.close();
  await settle();
  expect(browser.leaders).toEqual([]);
  expect(browser.server.sockets.size).toBe(0);
});
