// Reading and writing in a conversation of 100,000 lines on a processor four times slower: `npm run bench [-- --data DIR]`.
// `--profile DIR` leaves a CPU profile of each part there, to be opened in the browser's own tools.
// Of each task both are told: how long it took, and how much of that the page's own thread had the processor, which is what
// a busy machine does not change.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { PASSWORD } from "../../js/lib/server.mjs";
import { openBrowser, Person } from "../people.mjs";
import { start } from "./fill.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    lines: { type: "string", default: "100000" },
    pages: { type: "string", default: "200" },
    slower: { type: "string", default: "4" },
    profile: { type: "string" },
  },
});
const [lines, pages, slower] = [values.lines, values.pages, values.slower].map(Number);
const LONG = 100;
const MIB = 1024 * 1024;

const bench = await start({ data: values.data, lines });
// The window itself, and no viewport that is feigned in it: of that the lowest part lies outside of the window, where the
// composer is, and what changes there alone is never drawn. A key then seems to wait for its picture until something else moves.
const browser = await openBrowser(["--window-size=1440,987"]);
const ann = await Person.at(browser, { viewport: null });
const { page } = ann;
const cdp = await ann.context.newCDPSession(page);
await ann.visit(bench.server.url);
await ann.signIn("ann", PASSWORD);
await ann.open("Long");
await ann.page.locator("article").last().waitFor();
await cdp.send("Performance.enable");
if (values.profile) {
  await mkdir(values.profile, { recursive: true });
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.setSamplingInterval", { interval: 500 });
}
await watch();
await cdp.send("Emulation.setCPUThrottlingRate", { rate: slower });
console.log(`${lines} lines, ${slower}x slower`);

const before = await weight();
const up = await traced("up", () => scroll(-1, pages));
const above = await weight();
const down = await traced("down", () => scroll(1, pages));
const after = await weight();
console.log(`up ${pages} pages of 50: from line ${up.from} to ${up.to}; ${tasks(up)}`);
console.log(`down again: to line ${down.to}; ${tasks(down)}`);
for (const [name, it] of Object.entries({ before, above, after })) {
  console.log(`${name.padEnd(7)} heap ${it.heap.toFixed(1)} MiB, ${it.nodes} nodes, ${it.lines} lines drawn`);
}
for (const perSecond of [0, 50]) console.log(await typing(perSecond));
await ann.leave();
await browser.close();
await bench.close();

/** The time from a key to the next picture, from now on. */
async function watch() {
  await page.evaluate(() => {
    window.bench = { keys: new Map() };
    new PerformanceObserver((list) => {
      for (const { interactionId, duration } of list.getEntries()) {
        if (interactionId > 0) bench.keys.set(interactionId, Math.max(duration, bench.keys.get(interactionId) ?? 0));
      }
    }).observe({ type: "event", durationThreshold: 16 });
  });
}

/** Does something; adds the tasks of the page's thread over 50 ms: `took` and `worked`, in ms. */
async function traced(name, run) {
  const tasks = [];
  const threads = new Map();
  const hear = ({ value }) => {
    for (const { name, pid, tid, dur, tdur, args } of value) {
      if (name === "thread_name") threads.set(`${pid} ${tid}`, args.name);
      if (name === "RunTask" && dur > 50_000) tasks.push({ thread: `${pid} ${tid}`, took: dur / 1000, worked: (tdur ?? dur) / 1000 });
    }
  };
  cdp.on("Tracing.dataCollected", hear);
  if (values.profile) await cdp.send("Profiler.start");
  const traceConfig = { includedCategories: ["disabled-by-default-devtools.timeline"], excludedCategories: ["*"] };
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  const result = await run();
  const over = new Promise((done) => cdp.once("Tracing.tracingComplete", done));
  await cdp.send("Tracing.end");
  await over;
  if (values.profile) await writeFile(path.join(values.profile, `${name}.cpuprofile`), JSON.stringify((await cdp.send("Profiler.stop")).profile));
  cdp.off("Tracing.dataCollected", hear);
  return { ...result, tasks: tasks.filter(({ thread }) => threads.get(thread) === "CrRendererMain") };
}

async function weight() {
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name) => metrics.find((each) => each.name === name).value;
  return { heap: of("JSHeapUsedSize") / MIB, nodes: of("Nodes"), lines: await page.locator("article").count() };
}

/** Turns the wheel until this many pages of 50 lines went by, or nothing more comes. */
async function scroll(direction, count) {
  const at = () => page.evaluate(() => {
    const rows = [...document.querySelectorAll("article[data-seq]")];
    const top = document.querySelector(".thread").getBoundingClientRect().top;
    return Number(rows.find((row) => row.getBoundingClientRect().bottom > top).dataset.seq);
  });
  await page.mouse.move(800, 400);
  const from = await at();
  let [to, still] = [from, 0];
  while (Math.abs(to - from) < count * 50 && still < 20) {
    await page.mouse.wheel(0, direction * 700);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const now = await at();
    still = now === to ? still + 1 : 0;
    to = now;
  }
  return { from, to };
}

function tasks({ tasks }) {
  const of = (kind) => {
    const all = tasks.map((each) => each[kind]);
    return `${all.filter((each) => each > LONG).length}, longest ${Math.round(Math.max(0, ...all))} ms`;
  };
  return `tasks that took over ${LONG} ms: ${of("took")}; that worked so long: ${of("worked")}`;
}

/** Types for ten seconds while so many lines come in. */
async function typing(perSecond) {
  await page.getByRole("button", { name: /Jump to the latest|new line/ }).click({ timeout: 1_000 }).catch(() => undefined);
  await page.evaluate(() => bench.keys.clear());
  await ann.composer.click();
  let sent = 0;
  const from = Date.now();
  const timer = setInterval(() => {
    for (const due = ((Date.now() - from) / 1000) * perSecond; sent < due; sent += 1) {
      void bench.senders[sent % 2].send(bench.room, `news ${sent} while somebody writes`).catch(() => undefined);
    }
  }, 10);
  const done = await traced(`typing-${perSecond}`, async () => {
    let typed = 0;
    for (; Date.now() - from < 10_000; typed += 20) await page.keyboard.type("the quick brown fox ", { delay: 90 });
    return { typed };
  });
  clearInterval(timer);
  // The last key's picture is told, too.
  await page.waitForTimeout(1_000);
  const keys = await page.evaluate(() => [...bench.keys.values()]);
  if (keys.length === 0) throw new Error("no picture came after any key");
  await ann.composer.fill("");
  // As INP is counted: one of each fifty is left out. What took less than 16 ms is not told by the browser.
  const sorted = keys.sort((a, b) => b - a);
  const inp = sorted[Math.floor(done.typed / 50)] ?? 16;
  return `typing ${done.typed} keys, ${perSecond} lines a second (${sent} came): INP ${inp} ms, longest ${sorted[0]} ms; ${tasks(done)}`;
}
