/** Files on their way, with their bytes, so that a reload does not lose them. Kept by {@link db}. */

import { db, deleteOutbox, loadDrafts, loadOutbox, putDraft, type UploadItem } from "./db";

/** Keeps or changes what is known about a file. */
export async function putUpload(item: UploadItem): Promise<void> {
  await (await db())?.put("uploads", item);
}

/** Keeps the bytes of a file that is kept; quietly gives up where there is no room for them. */
export async function putBytes(id: string, bytes: Blob): Promise<void> {
  try {
    const change = (await db())?.transaction(["uploads", "bytes"], "readwrite");
    if (change === undefined) return;
    if ((await change.objectStore("uploads").getKey(id)) !== undefined) await change.objectStore("bytes").put(bytes, id);
    await change.done;
  } catch {
    // No room: it is sent from memory, and after a reload the file has to be chosen again.
  }
}

/** The bytes of a file, or `null` where they were not kept. */
export async function loadBytes(id: string): Promise<Blob | null> {
  return (await (await db())?.get("bytes", id)) ?? null;
}

/** One file as it is known now; `null` when it is gone, or when the line it goes with is. */
export async function loadUpload(id: string): Promise<UploadItem | null> {
  const base = await db();
  const item = await base?.get("uploads", id);
  if (item === undefined) return null;
  if (item.clientId === null || (await base?.get("outbox", item.clientId)) !== undefined) return item;
  await deleteUpload(id);
  return null;
}

/** Forgets a file and its bytes. */
export async function deleteUpload(id: string): Promise<void> {
  const base = await db();
  await base?.delete("uploads", id);
  await base?.delete("bytes", id);
}

/** The files of one user, in their order. */
export async function loadUploads(userId: string): Promise<UploadItem[]> {
  const all = (await (await db())?.getAll("uploads")) ?? [];
  return all.filter((item) => item.userId === userId).sort((a, b) => a.order - b.order);
}

/** Forgets everything of one user; for signing out. */
export async function forgetUser(userId: string): Promise<void> {
  for (const item of await loadOutbox(userId)) await deleteOutbox(item.clientId);
  for (const draft of await loadDrafts(userId)) await putDraft({ ...draft, text: "", waits: false });
  for (const item of await loadUploads(userId)) await deleteUpload(item.id);
}
