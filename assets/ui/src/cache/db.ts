/**
 * The browser's own storage: unsent lines, drafts, files on their way, and the copy of what was
 * read, in IndexedDB. Where the browser refuses it (private windows), everything works from memory and is gone with the tab.
 */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Conversation, Message } from "../lib/wire";

/** A line that the server has not confirmed yet. */
export interface OutboxItem {
  clientId: string;
  userId: string;
  conversationId: string;
  content: string;
  /** Files that go with it, by their ids in the tray; it is sent when they have arrived. */
  uploads?: readonly string[];
  /** The ids of these on the server, once all have arrived: any tab can send it then. */
  files?: readonly string[];
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
  /** `false`: the server has it as it is; a cleared one is kept until then. */
  waits?: boolean;
}

/** A file on its way to the server, without its bytes. */
export interface UploadItem {
  id: string;
  userId: string;
  conversationId: string;
  /** The line it goes with; `null` while it lies in the tray. */
  clientId: string | null;
  name: string;
  type: string;
  /** Bytes. */
  size: number;
  /** Pixels, when it is a picture that this browser can show. */
  width?: number;
  height?: number;
  /** Files stand and go in this order. */
  order: number;
  /** Where the server takes its bytes, once it has answered. */
  url?: string;
  /** The file's id on the server, once all of it is there. */
  fileId?: string;
  /** The code of the refusal. */
  failed?: string;
  /** The limit that was passed, in bytes, when the refusal is about one. */
  limit?: number;
  /** What the server said with the refusal. */
  reason?: string;
}

/** What another app has given to this one, until somebody has chosen a conversation for it. */
export interface Shared {
  text: string;
  files: File[];
}

interface Schema extends DBSchema {
  outbox: { key: string; value: OutboxItem };
  drafts: { key: [string, string]; value: Draft };
  uploads: { key: string; value: UploadItem };
  bytes: { key: string; value: Blob };
  /** The copy for reading without a connection: the list, lines, and what belongs to them. */
  rooms: { key: string; value: Conversation };
  lines: { key: [string, number]; value: Message };
  kept: { key: string; value: unknown };
  shared: { key: string; value: Shared };
}

let opened: Promise<IDBPDatabase<Schema> | null> | undefined;

/** The database, or `null` where the browser has none for us. */
export function db(): Promise<IDBPDatabase<Schema> | null> {
  opened ??= openDB<Schema>("inkspot", 3, {
    upgrade(base, before) {
      if (before < 1) {
        base.createObjectStore("outbox", { keyPath: "clientId" });
        base.createObjectStore("drafts", { keyPath: ["userId", "conversationId"] });
      }
      if (before < 2) {
        base.createObjectStore("uploads", { keyPath: "id" });
        base.createObjectStore("bytes");
      }
      if (before < 3) {
        base.createObjectStore("rooms", { keyPath: "id" });
        base.createObjectStore("lines", { keyPath: ["conversationId", "seq"] });
        base.createObjectStore("kept");
        base.createObjectStore("shared");
      }
    },
    blocking(_current, _wanted, event) {
      // Another tab has a newer page: let it have its way.
      (event.target as IDBDatabase).close();
      opened = undefined;
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
  if (draft.text === "" && draft.waits !== true) await base?.delete("drafts", [draft.userId, draft.conversationId]);
  else await base?.put("drafts", draft);
}

/** The drafts of one user. */
export async function loadDrafts(userId: string): Promise<Draft[]> {
  const all = (await (await db())?.getAll("drafts")) ?? [];
  return all.filter((draft) => draft.userId === userId);
}
