/** What another app has given to this one, until a conversation is chosen for it. Kept by {@link db}. */

import { db, type Shared } from "./db";

const KEY = "newest";

/** Keeps it in place of what was there. */
export async function putShared(shared: Shared): Promise<void> {
  await (await db())?.put("shared", shared, KEY);
}

/** What is kept; `null` when there is nothing. */
export async function loadShared(): Promise<Shared | null> {
  return (await (await db())?.get("shared", KEY)) ?? null;
}

/** It has found its place, or nobody wants it. */
export async function clearShared(): Promise<void> {
  await (await db())?.delete("shared", KEY);
}
