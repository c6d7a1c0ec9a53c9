/** The list of conversations as the signed-in user sees it: loading it, page by page. */

import { signal } from "@preact/signals";
import * as api from "../api/conversations";
import { toFailure, type Failure } from "../lib/failure";
import type { Conversation } from "../lib/wire";
import { clearPresence } from "./presence";
import { applyUpdateWith, type AnyUpdate } from "./roomEvents";
import { clearRooms, forget, keep, sortedConversations } from "./rooms";

export { applyStatus, presenceOf, type Presence } from "./presence";
export { applyChange, applyMessage, applyName, applyRead } from "./roomEvents";
export { conversation, forget, keep, sortedConversations, totalUnread } from "./rooms";

/** Up to here the list is loaded without being asked for, so that what is pinned, unread or put away is known. */
const BY_ITSELF = 1_000;
/** Between two pages that nobody waits for, in ms. */
const PAUSE = 300;
/** How often one of them is asked for, each time after a pause four times as long. */
const TRIES = 5;
/** How long to wait for more updates before a conversation is asked for again, in ms. */
const RECOUNT = 500;

/** Taken up from the copy, and not yet told by the server. */
const seeded = new Set<string>();
/** Where the next page begins; `null` when there is none. */
let cursor: string | null = null;
/** The next page while it is on its way: all who want it wait for the same. */
let coming: Promise<void> | null = null;
/** Which first page the others follow. */
let first = 0;
let generation = 0;
const asked = new Map<string, ReturnType<typeof setTimeout>>();

/** Where loading the list stands. */
export const listPhase = signal<"new" | "ready" | "failed">("new");
/** Why it failed, if it did. */
export const listFailure = signal<Failure | null>(null);

/** Takes up the list as it was kept; what the server no longer has goes when all of it is loaded. */
export function seedList(rooms: readonly Conversation[]): void {
  if (rooms.length === 0) return;
  for (const each of rooms) seeded.add(keep(each).id);
  listPhase.value = "ready";
}

/** The server has these; when it has told all, what else was kept is no longer ours. */
function take(rooms: readonly Conversation[], whole: boolean): void {
  for (const each of rooms) seeded.delete(keep(each).id);
  if (!whole) return;
  for (const id of seeded) forget(id);
  seeded.clear();
}

/** Loads the newest page of the list again; what is known stays until it is there. */
export async function loadList(): Promise<void> {
  const mine = generation;
  try {
    const page = await api.getConversations(null);
    if (mine !== generation) return;
    clearPresence();
    take(page.conversations, page.next === null);
    first += 1;
    cursor = page.next;
    coming = null;
    listFailure.value = null;
    listPhase.value = "ready";
    void loadRest(first);
  } catch (error) {
    if (mine !== generation) return;
    listFailure.value = toFailure(error);
    if (listPhase.peek() === "new") listPhase.value = "failed";
  }
}

/** Loads the next page of the list, if there is one. */
export async function loadMoreList(): Promise<void> {
  if (cursor !== null) await (coming ??= loadPage(cursor, first));
}

async function loadPage(from: string, mine: number): Promise<void> {
  try {
    const page = await api.getConversations(from);
    if (mine !== first) return;
    take(page.conversations, page.next === null);
    cursor = page.next;
  } catch (error) {
    // Who reads on, or the next connection, asks for it again.
    if (mine === first) listFailure.value = toFailure(error);
  } finally {
    if (mine === first) coming = null;
  }
}

async function loadRest(mine: number): Promise<void> {
  for (let failed = 0; failed < TRIES && mine === first && cursor !== null && sortedConversations.peek().length < BY_ITSELF; ) {
    const before = cursor;
    await new Promise((done) => setTimeout(done, PAUSE * 4 ** failed));
    if (mine === first) await loadMoreList();
    // The server may have asked to wait.
    failed = cursor === before ? failed + 1 : 0;
  }
}

/** Loads one conversation with its members; rejects with a `Failure`. */
export async function loadConversation(id: string): Promise<Conversation> {
  return keep(await api.getConversation(id));
}

/** Forgets everything, for signing out. */
export function clearList(): void {
  generation += 1;
  first += 1;
  cursor = null;
  coming = null;
  seeded.clear();
  for (const timer of asked.values()) clearTimeout(timer);
  asked.clear();
  clearRooms();
  clearPresence();
  listFailure.value = null;
  listPhase.value = "new";
}

/** Applies `conversation-updated`; loads what an update alone can't tell. */
export function applyUpdate(update: AnyUpdate, myId: string): void {
  applyUpdateWith(loadSoon, update, myId);
}

/** At once when it was quiet, else when it is quiet again. */
function loadSoon(id: string): void {
  const load = () => void loadConversation(id).catch(() => undefined);
  const running = asked.get(id);
  clearTimeout(running);
  if (running === undefined) load();
  const over = () => (asked.delete(id), running !== undefined && load());
  asked.set(id, setTimeout(over, RECOUNT));
}
