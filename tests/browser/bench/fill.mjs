// A server with a long conversation, filled once and kept for the next run where `--data` says so.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { TestServer } from "../../js/lib/server.mjs";
import { connect } from "../../js/lib/socket.mjs";

const PEOPLE = ["ann", "bob", "cid"];
const WORDS = "the gauge logged rain over night and the barrel by the east fence is full again so please look after the hose".split(" ");

/** Lines as people write them: most of them short, some of a paragraph, now and then several. */
function words(i) {
  const long = i % 11 === 0 ? 60 : i % 5 === 0 ? 25 : 4 + (i % 9);
  const text = Array.from({ length: long }, (_, at) => WORDS[(i * 7 + at * 3) % WORDS.length]).join(" ");
  return `${i} ${i % 37 === 0 ? text.replaceAll(" and ", "\n") : text}`;
}

/** Starts the server; resolves to it, its long conversation's id and the sockets of two who write in it. */
export async function start({ data, lines, args = [] }) {
  const note = data && path.join(data, "bench.json");
  const known = note && JSON.parse(await readFile(note, "utf8").catch(() => "null"));
  if (data && !known) await mkdir(data, { recursive: true });
  const server = await TestServer.start({ users: known ? [] : PEOPLE, args, ...(data && { dataDir: data }) });
  const [ann, ...others] = await Promise.all(PEOPLE.map((name) => server.signIn(name)));
  const room = known?.room ?? (await ann.api("POST", "/api/conversations", { title: "Long", isGroup: true, members: PEOPLE.slice(1) })).body.id;
  const senders = await Promise.all([ann, ...others].map((person) => connect(server, person.token)));
  // They only write: what they hear is not kept.
  for (const { socket } of senders) socket.offAny();
  const { lastSeq } = (await ann.api("GET", `/api/conversations/${room}`)).body;
  await fill(senders, room, lastSeq, lines);
  await ann.api("POST", `/api/conversations/${room}/read`, { seq: Math.max(lastSeq, lines) });
  if (note) await writeFile(note, JSON.stringify({ room }));
  return { server, room, senders: senders.slice(1), close: () => stop(server, senders, data) };
}

/** Writes until there are `lines`, a hundred at a time; a few in a row are of one person. */
async function fill(senders, room, from, lines) {
  for (let at = from; at < lines; at += 100) {
    const batch = Array.from({ length: Math.min(100, lines - at) }, (_, i) => at + i);
    const sent = await Promise.all(batch.map((i) => senders[Math.floor(i / 3) % 3].send(room, words(i))));
    const refused = sent.find((answer) => answer.error !== undefined);
    if (refused) throw new Error(refused.error);
    if (at % 10_000 === 0) console.error(`filling: ${at} of ${lines} lines`);
  }
}

async function stop(server, senders, data) {
  for (const sender of senders) sender.close();
  if (data) await server.end();
  else await server.close();
}
