// Lighthouse looks at the sign-in page and at a conversation as a phone would open them for the first time, served by the
// real binary over TLS. Prints a table for docs/PERFORMANCE.md; ends with 1 when a page falls below what is promised.
// INKSPOT_BIN names the binary: take a release build, a debug build serves slower. `--keep DIR` leaves the full reports there.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import lighthouse from "lighthouse";
import { openProfile, Person } from "../browser/people.mjs";
import { PASSWORD, TestServer } from "../js/lib/server.mjs";
import { connect } from "../js/lib/socket.mjs";

const { values } = parseArgs({ options: { keep: { type: "string" }, runs: { type: "string", default: "3" } } });
const PROMISED = { performance: 95, accessibility: 100, "best-practices": 100 };
const TIMES = ["first-contentful-paint", "largest-contentful-paint", "speed-index", "total-blocking-time", "cumulative-layout-shift"];

const server = await TestServer.start({ users: ["ann", "bob"] });
const room = await talk();
const profile = await mkdtemp(path.join(tmpdir(), "inkspot-lighthouse-"));
const port = await freePort();
const context = await openProfile(profile, ["--ignore-certificate-errors", `--remote-debugging-port=${port}`]);
if (values.keep) await mkdir(values.keep, { recursive: true });

console.log(`load ${loadavg()[0].toFixed(1)}; the middle one of ${values.runs} runs\n`);
console.log(`| page | ${[...Object.keys(PROMISED), ...TIMES].join(" | ")} |`);
console.log(`|---|${[...Object.keys(PROMISED), ...TIMES].map(() => "---").join("|")}|`);
await look("sign-in", new URL("/", server.url).href);
await signIn();
await look("conversation", new URL(`/conversations/${room}`, server.url).href);
await context.close();
await rm(profile, { recursive: true, force: true });
await server.close();

/** A group with a hundred lines of two people. */
async function talk() {
  const [ann, bob] = await Promise.all(["ann", "bob"].map((name) => server.signIn(name)));
  const { body } = await ann.api("POST", "/api/conversations", { title: "Garden", isGroup: true, members: ["bob"] });
  const pens = await Promise.all([ann, bob].map((person) => connect(server, person.token)));
  for (let i = 0; i < 100; i += 1) await pens[Math.floor(i / 3) % 2].send(body.id, `${i}: the gauge logged rain over night, and the barrel by the east fence is full again`);
  for (const pen of pens) pen.close();
  await ann.api("POST", `/api/conversations/${body.id}/read`, { seq: 100 });
  return body.id;
}

/** Ann is known to this browser from now on; Lighthouse forgets everything else between its runs. */
async function signIn() {
  const ann = await Person.in(context);
  await ann.visit(server.url);
  await ann.signIn("ann", PASSWORD);
  await ann.page.close();
}

/** Looks at one page, a few times, and prints the run in the middle. */
async function look(name, url) {
  const reports = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    const { lhr, report } = await lighthouse(url, { port, output: "html", logLevel: "error", onlyCategories: Object.keys(PROMISED) });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    reports.push({ lhr, report });
  }
  reports.sort((a, b) => a.lhr.categories.performance.score - b.lhr.categories.performance.score);
  const { lhr, report } = reports[Math.floor(reports.length / 2)];
  const scores = Object.keys(PROMISED).map((id) => Math.round(lhr.categories[id].score * 100));
  console.log(`| ${name} | ${[...scores, ...TIMES.map((id) => lhr.audits[id].displayValue)].join(" | ")} |`);
  if (values.keep) await writeFile(path.join(values.keep, `${name}.html`), report);
  for (const [id, promised] of Object.entries(PROMISED)) {
    const { score, auditRefs } = lhr.categories[id];
    if (score * 100 >= promised) continue;
    process.exitCode = 1;
    for (const { id: audit, weight } of auditRefs) {
      const { title, score: own, details } = lhr.audits[audit];
      if (weight > 0 && own !== null && own < 0.9) console.error(`${name}: ${audit}: ${title} ${JSON.stringify(details?.items ?? "").slice(0, 400)}`);
    }
  }
}

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address();
      probe.close(() => done(free));
    });
  });
}
