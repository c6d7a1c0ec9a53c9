// The memory of a page that is open for a busy hour: `npm run bench:hour`. 20,000 lines come into ten conversations, of
// which one is open and changed now and then. What is left after tidying up must not grow with what has passed.
import { parseArgs } from "node:util";
import { PASSWORD, TestServer } from "../../js/lib/server.mjs";
import { connect } from "../../js/lib/socket.mjs";
import { openBrowser, Person } from "../people.mjs";

const { values } = parseArgs({ options: { lines: { type: "string", default: "20000" }, switches: { type: "string", default: "50" } } });
const [LINES, SWITCHES] = [Number(values.lines), Number(values.switches)];
const ROOMS = 10;
const ROUNDS = 10;
const MIB = 1024 * 1024;
/** What may be more at the end than after the first round, when every conversation was seen once. */
const GROWTH = 1.15;

const server = await TestServer.start({ users: ["ann", "bob"] });
const bob = await server.signIn("bob");
const pen = await connect(server, bob.token);
pen.socket.offAny();
const rooms = [];
for (let i = 0; i < ROOMS; i += 1) {
  rooms.push((await bob.api("POST", "/api/conversations", { title: `Room ${i}`, isGroup: true, members: ["ann"] })).body.id);
  await pen.send(rooms.at(-1), "the first line");
}
const browser = await openBrowser();
const ann = await Person.at(browser);
const cdp = await ann.context.newCDPSession(ann.page);
await ann.visit(server.url);
await ann.signIn("ann", PASSWORD);
await cdp.send("Performance.enable");

const seen = [];
for (let round = 0; round <= ROUNDS; round += 1) {
  for (let turn = 0; turn < SWITCHES / ROUNDS; turn += 1) {
    await ann.open(`Room ${(round * 3 + turn) % ROOMS}`);
    await toEnd();
    await write(LINES / SWITCHES, (round * SWITCHES) / ROUNDS + turn);
  }
  // So that each was open once, and the first is open whenever it is looked.
  if (round === 0) for (let i = ROOMS - 1; i >= 0; i -= 1) await ann.open(`Room ${i}`);
  await ann.open("Room 0");
  seen.push(await weight());
  const { heap, nodes, listeners, lines } = seen.at(-1);
  console.log(`after ${String((LINES / ROUNDS) * (round + 1)).padStart(6)} lines: heap ${heap.toFixed(1)} MiB, ${nodes} nodes, ${listeners} listeners, ${lines} lines drawn`);
}
await ann.leave();
await browser.close();
pen.close();
await server.close();
for (const kind of ["heap", "nodes", "listeners"]) {
  const [first, last] = [seen[1][kind], seen.at(-1)[kind]];
  console.log(`${kind}: ${(last / first).toFixed(2)} times what it was after the first rounds`);
  if (last > first * GROWTH) process.exitCode = 1;
}

/** Bob writes into all rooms in turn; resolves when Ann's page shows the last one. */
async function write(count, turn) {
  for (let at = 0; at < count; at += 50) {
    const sent = await Promise.all(Array.from({ length: Math.min(50, count - at) }, (_, i) => pen.send(rooms[(at + i) % ROOMS], `turn ${turn}, line ${at + i}: what somebody says who has something to say`)));
    const refused = sent.find((answer) => answer.error !== undefined);
    if (refused) throw new Error(refused.error);
  }
  const last = `last of turn ${turn}`;
  await Promise.all(rooms.map((room) => pen.send(room, last)));
  await ann.line(last).waitFor({ state: "attached" });
}

/** Many unread lines open where they begin; what comes is only there once one has gone to the end. */
async function toEnd() {
  await ann.page.locator("article").first().waitFor();
  const jump = ann.page.getByRole("button", { name: /Jump to the latest|new line/ });
  if (await jump.isVisible()) await jump.click();
}

async function weight() {
  // What waits for a moment of rest (timers of animations, writing to the copy) comes first.
  await ann.page.evaluate(() => new Promise((done) => setTimeout(done, 1_500)));
  for (let i = 0; i < 3; i += 1) await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name) => metrics.find((each) => each.name === name).value;
  return { heap: of("JSHeapUsedSize") / MIB, nodes: of("Nodes"), listeners: of("JSEventListeners"), lines: await ann.page.locator("article").count() };
}
