/** The copy of what was read, for reading without a connection. Bounded; kept by {@link db}. */

import type { Conversation, Message, User } from "../lib/wire";
import { db } from "./db";

/** Whose copy it is, and how far the server was heard when it was written. */
export interface Owner {
  user: User;
  serverName: string;
  sessionId: string;
}

/** Newest lines kept of one conversation, and the most that they may take, in bytes as they are held. */
export const LINES = 500;
const BYTES = 1_600_000;
/** What a line takes besides its words, about. */
const LINE_BYTES = 600;
/** So much may be added before the rest is cut off: looking for it reads all that is kept. */
const SPARE_LINES = 50;
const SPARE_BYTES = BYTES / 10;

/** What was added to a conversation since it was cut, and the place below which nothing new is kept. */
interface Size {
  floor: number;
  lines: number;
  bytes: number;
}

/** Those that this tab has written to; any other one is cut with the first line. */
const sizes = new Map<string, Size>();

const bytesOf = (line: Message): number => line.content.length * 2 + LINE_BYTES;
const every = (id: string) => IDBKeyRange.bound([id, 0], [id, Infinity]);

/** One of the things that are kept beside the copy: `owner`, `position`, `opened`, `reads`. */
export async function loadKept<T>(name: string): Promise<T | undefined> {
  return (await (await db())?.get("kept", name)) as T | undefined;
}

/** Keeps one of them. */
export async function saveKept(name: string, value: unknown): Promise<void> {
  await (await db())?.put("kept", value, name);
}

/** The conversations of the list. */
export async function loadRooms(): Promise<Conversation[]> {
  return (await (await db())?.getAll("rooms")) ?? [];
}

/** Keeps and forgets conversations of the list; begun while a page goes, it is done all the same. */
export async function saveRooms(rooms: readonly Conversation[], gone: readonly string[]): Promise<void> {
  const change = (await db())?.transaction("rooms", "readwrite");
  if (change === undefined) return;
  for (const room of rooms) void change.store.put(room);
  for (const id of gone) void change.store.delete(id);
  change.commit();
  await change.done;
}

/** The lines that are kept of a conversation from one place in it to another, oldest first; there may be gaps between them. */
export async function loadLines(id: string, from = 0, to = Infinity): Promise<Message[]> {
  return (await (await db())?.getAll("lines", IDBKeyRange.bound([id, from], [id, to]))) ?? [];
}

/** Keeps lines as they are now, unless they are known newer, and then how far the server was heard. */
export async function saveLines(lines: readonly Message[], position: unknown = null): Promise<void> {
  const change = (await db())?.transaction(["lines", "kept"], "readwrite");
  if (change === undefined) return;
  const store = change.objectStore("lines");
  for (const id of new Set(lines.map((line) => line.conversationId))) {
    const some = lines.filter((line) => line.conversationId === id);
    const seqs = some.map((line) => line.seq);
    const near = await store.getAll(IDBKeyRange.bound([id, Math.min(...seqs)], [id, Math.max(...seqs)]));
    const known = new Map(near.map((line) => [line.seq, line]));
    const size = sizes.get(id) ?? { floor: 0, lines: Infinity, bytes: 0 };
    for (const { clientId: _mine, ...line } of some) {
      const before = known.get(line.seq);
      if (before === undefined ? line.seq < size.floor : before.updatedAt > line.updatedAt) continue;
      void store.put(line);
      size.lines += before === undefined ? 1 : 0;
      size.bytes += bytesOf(line);
    }
    if (size.lines <= SPARE_LINES && size.bytes <= SPARE_BYTES) continue;
    const all = await store.getAll(every(id));
    let room = BYTES;
    const old = all.toReversed().findIndex((line, i) => i >= LINES || (room -= bytesOf(line)) < 0);
    const last = old < 0 ? undefined : all[all.length - 1 - old];
    if (last !== undefined) void store.delete(IDBKeyRange.bound([id, 0], [id, last.seq]));
    sizes.set(id, { floor: last === undefined ? 0 : last.seq + 1, lines: 0, bytes: 0 });
  }
  if (position !== null) void change.objectStore("kept").put(position, "position");
  await change.done;
}

/** Forgets the lines of one conversation, or of all. */
export async function forgetLines(id?: string): Promise<void> {
  const base = await db();
  if (id === undefined) sizes.clear();
  else sizes.delete(id);
  if (id === undefined) await base?.clear("lines");
  else await base?.delete("lines", every(id));
}

/** Forgets the whole copy. */
export async function clearCopy(): Promise<void> {
  sizes.clear();
  const change = (await db())?.transaction(["rooms", "lines", "kept", "shared"], "readwrite");
  if (change === undefined) return;
  for (const store of ["rooms", "lines", "kept", "shared"] as const) void change.objectStore(store).clear();
  await change.done;
}
