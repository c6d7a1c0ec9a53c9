/**
 * The browser's own storage: unsent lines and drafts, in IndexedDB. Where the browser refuses it
 * (private windows), everything works from memory and is gone with the tab.
 */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

/** A line that the server has not confirmed yet. */
export interface OutboxItem {
  clientId: string;
  userId: string;
  conversationId: string;
  content: string;
  /** When it was written, in ms since 1970. */
  createdAt: number;
  /** Lines go out in this order. */
  order: number;
  /** The code of the refusal; absent while it waits. */
  failed?: string;
  /** What the server said with the refusal. */
  reason?: string;
}

/** What somebody has begun to write. */
export interface Draft {
  userId: string;
  conversationId: string;
  text: string;
}

interface Schema extends DBSchema {
  outbox: { key: string; value: OutboxItem };
  drafts: { key: [string, string]; value: Draft };
}

let opened: Promise<IDBPDatabase<Schema> | null> | undefined;

function db(): Promise<IDBPDatabase<Schema> | null> {
  opened ??= openDB<Schema>("inkspot", 1, {
    upgrade(base) {
      base.createObjectStore("outbox", { keyPath: "clientId" });
      base.createObjectStore("drafts", { keyPath: ["userId", "conversationId"] });
    },
    terminated() {
      opened = undefined;
    },
  }).catch((error: unknown) => {
    console.warn("No local storage, unsent lines live in this tab only.", error);
    return null;
  });
  return opened;
}

/** Keeps or changes an unsent line. */
export async function putOutbox(item: OutboxItem): Promise<void> {
  await (await db())?.put("outbox", item);
}

/** Forgets an unsent line. */
export async function deleteOutbox(clientId: string): Promise<void> {
  await (await db())?.delete("outbox", clientId);
}

/** The unsent lines of one user, in their order. */
export async function loadOutbox(userId: string): Promise<OutboxItem[]> {
  const all = (await (await db())?.getAll("outbox")) ?? [];
  return all.filter((item) => item.userId === userId).sort((a, b) => a.order - b.order);
}

/** Keeps a draft; an empty one is forgotten. */
export async function putDraft(draft: Draft): Promise<void> {
  const base = await db();
  if (draft.text === "") await base?.delete("drafts", [draft.userId, draft.conversationId]);
  else await base?.put("drafts", draft);
}

/** The drafts of one user. */
export async function loadDrafts(userId: string): Promise<Draft[]> {
  const all = (await (await db())?.getAll("drafts")) ?? [];
  return all.filter((draft) => draft.userId === userId);
}

/** Forgets everything of one user; for signing out. */
export async function forgetUser(userId: string): Promise<void> {
  for (const item of await loadOutbox(userId)) await deleteOutbox(item.clientId);
  for (const draft of await loadDrafts(userId)) await putDraft({ ...draft, text: "" });
}
