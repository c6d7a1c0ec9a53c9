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

/** Keeps and forgets conversations of the list. */
export async function saveRooms(rooms: readonly Conversation[], gone: readonly string[]): Promise<void> {
  const change = (await db())?.transaction("rooms", "readwrite");
  if (change === undefined) return;
  for (const room of rooms) void change.store.put(room);
  for (const id of gone) void change.store.delete(id);
  await change.done;
}

/** All lines that are kept of a conversation, oldest first; there may be gaps between them. */
export async function loadLines(id: string): Promise<Message[]> {
  return (await (await db())?.getAll("lines", every(id))) ?? [];
}

/** Keeps lines as they are now, unless they are known newer, and then how far the server was heard. */
export async function saveLines(lines: readonly Message[], position: unknown = null): Promise<void> {
  const change = (await db())?.transaction(["lines", "kept"], "readwrite");
  if (change === undefined) return;
  const store = change.objectStore("lines");
  for (const { clientId: _mine, ...line } of lines) {
    const known = await store.get([line.conversationId, line.seq]);
    if (known === undefined || known.updatedAt <= line.updatedAt) await store.put(line);
  }
  for (const id of new Set(lines.map((line) => line.conversationId))) {
    const all = await store.getAll(every(id));
    let room = BYTES;
    const old = all.toReversed().findIndex((line, i) => i >= LINES || (room -= line.content.length * 2 + LINE_BYTES) < 0);
    const last = old < 0 ? undefined : all[all.length - 1 - old];
    if (last !== undefined) await store.delete(IDBKeyRange.bound([id, 0], [id, last.seq]));
  }
  if (position !== null) await change.objectStore("kept").put(position, "position");
  await change.done;
}

/** Forgets the lines of one conversation, or of all. */
export async function forgetLines(id?: string): Promise<void> {
  const base = await db();
  if (id === undefined) await base?.clear("lines");
  else await base?.delete("lines", every(id));
}

/** Forgets the whole copy. */
export async function clearCopy(): Promise<void> {
  const change = (await db())?.transaction(["rooms", "lines", "kept", "shared"], "readwrite");
  if (change === undefined) return;
  for (const store of ["rooms", "lines", "kept", "shared"] as const) void change.objectStore(store).clear();
  await change.done;
}
