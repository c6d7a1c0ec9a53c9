/**
 * What has been begun in each conversation: kept over reloads, and shared by one's devices. Where one
 * types has the last word; what another device wrote comes in when nobody is typing here.
 */

import { signal } from "@preact/signals";
import * as api from "../api/drafts";
import { loadDrafts, putDraft } from "../cache/db";
import { toFailure } from "../lib/failure";
import { countChars } from "../lib/names";
import { LIMITS, type Draft } from "../lib/wire";
import { myId } from "./account";

/** A pause in the typing, in ms. */
const PAUSE = 2_000;
/** Answers after which it is tried again; any other refusal is the server's last word. */
const AGAIN = new Set(["offline", "server_busy", "rate_limited", "internal"]);

const drafts = signal<ReadonlyMap<string, string>>(new Map());
/** What the server has, as far as we know. */
const there = new Map<string, string>();
/** Where ours is newer than the server's. */
const waiting = new Set<string>();
/** What is being told, and what will come back of it. */
const busy = new Set<string>();
const echoes = new Map<string, string[]>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** Where one is writing: nothing comes in there. */
let writing: string | null = null;
let opened = Promise.resolve();

/** The draft of a conversation, or an empty string; subscribes the caller. */
export function draftOf(conversationId: string): string {
  return drafts.value.get(conversationId) ?? "";
}

/** Keeps a draft; an empty one is forgotten. */
export function setDraft(conversationId: string, text: string): void {
  if (draftNow(conversationId) === text) return;
  waiting.add(conversationId);
  put(conversationId, text);
  // What was sent or cleared shall not be seen elsewhere any more.
  if (text === "") void push(conversationId);
  else later(conversationId);
}

/** One writes here, or (`null`) nowhere any more: then others are told, and what they wrote meanwhile is taken up. */
export function writeIn(conversationId: string | null): void {
  const left = writing;
  writing = conversationId;
  if (left === null || left === conversationId) return;
  if (waiting.has(left)) void push(left);
  else take(left);
}

/** Sends at once what still waits for a pause; the page may be about to go. */
export function flushDrafts(): void {
  for (const id of waiting) void push(id, true);
}

/** Takes up the drafts of a user who signed in; words typed meanwhile win. */
export function openDrafts(userId: string): void {
  opened = open(userId);
}

async function open(userId: string): Promise<void> {
  const kept = await loadDrafts(userId);
  if (myId() !== userId) return;
  for (const { conversationId, waits } of kept) if (waits !== false) waiting.add(conversationId);
  drafts.value = new Map([...kept.filter(({ text }) => text !== "").map((draft) => [draft.conversationId, draft.text] as const), ...drafts.peek()]);
}

/** Asks what the other devices have written while there was no connection, and tells them what was written here. */
export async function syncDrafts(): Promise<void> {
  await opened;
  const me = myId();
  const answer = await api.getDrafts().catch(() => null);
  if (answer === null || myId() !== me) return;
  there.clear();
  echoes.clear();
  for (const draft of answer.drafts) there.set(draft.conversationId, draft.content);
  for (const id of new Set([...there.keys(), ...drafts.peek().keys(), ...waiting])) {
    if (waiting.has(id)) void push(id);
    else take(id);
  }
}

/** Another device, or another tab, has written. */
export function heardDraft({ conversationId, content }: Draft): void {
  const own = echoes.get(conversationId) ?? [];
  const echo = own.indexOf(content);
  // Our own words, which may come after we have gone on.
  if (echo >= 0) return void echoes.set(conversationId, own.slice(echo + 1));
  there.set(conversationId, content);
  if (!waiting.has(conversationId)) take(conversationId);
}

/** Forgets the drafts in memory. */
export function closeDrafts(): void {
  for (const timer of timers.values()) clearTimeout(timer);
  for (const known of [timers, waiting, there, busy, echoes]) known.clear();
  writing = null;
  drafts.value = new Map();
}

const draftNow = (id: string) => drafts.peek().get(id) ?? "";

function put(id: string, text: string): void {
  const next = new Map(drafts.peek());
  if (text === "") next.delete(id);
  else next.set(id, text);
  drafts.value = next;
  keep(id);
}

function keep(id: string): void {
  void putDraft({ userId: myId(), conversationId: id, text: draftNow(id), waits: waiting.has(id) });
}

/** The server's word becomes ours, unless one is in the middle of a sentence. */
function take(id: string): void {
  const text = there.get(id) ?? "";
  const busy = writing === id && draftNow(id) !== "" && document.hasFocus();
  if (!busy && text !== draftNow(id)) put(id, text);
}

/** Tells the server, one word after the other. */
async function push(id: string, last = false): Promise<void> {
  clearTimeout(timers.get(id));
  if (busy.has(id)) return;
  busy.add(id);
  while (await told(id, last));
  busy.delete(id);
}

/** Tells it once; whether there is something to tell at once again. */
async function told(id: string, last: boolean): Promise<boolean> {
  const [text, me] = [draftNow(id), myId()];
  // Longer than a message may be: it stays on this device.
  if (countChars(text) > LIMITS.content) return false;
  if ((there.get(id) ?? "") !== text) {
    echoes.set(id, [...(echoes.get(id) ?? []), text]);
    try {
      await api.putDraft(id, text, last);
    } catch (error) {
      if (AGAIN.has(toFailure(error).code)) return false;
    }
  }
  if (myId() !== me) return false;
  there.set(id, text);
  const now = draftNow(id);
  if (now === text) {
    waiting.delete(id);
    keep(id);
  } else if (now !== "") later(id);
  return now === "" && text !== "";
}

function later(id: string): void {
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(() => void push(id), PAUSE));
}
