/** What has been begun in each conversation; kept over reloads. */

import { signal } from "@preact/signals";
import { loadDrafts, putDraft } from "../cache/db";
import { myId } from "./account";

const drafts = signal<ReadonlyMap<string, string>>(new Map());

/** The draft of a conversation, or an empty string; subscribes the caller. */
export function draftOf(conversationId: string): string {
  return drafts.value.get(conversationId) ?? "";
}

/** Keeps a draft; an empty one is forgotten. */
export function setDraft(conversationId: string, text: string): void {
  if (drafts.peek().get(conversationId) === text) return;
  const next = new Map(drafts.peek());
  if (text === "") next.delete(conversationId);
  else next.set(conversationId, text);
  drafts.value = next;
  void putDraft({ userId: myId(), conversationId, text });
}

/** Takes up the drafts of a user who signed in; words typed meanwhile win. */
export async function openDrafts(userId: string): Promise<void> {
  const kept = await loadDrafts(userId);
  if (myId() !== userId) return;
  drafts.value = new Map([...kept.map((draft) => [draft.conversationId, draft.text] as const), ...drafts.peek()]);
}

/** Forgets the drafts in memory. */
export function closeDrafts(): void {
  drafts.value = new Map();
}
