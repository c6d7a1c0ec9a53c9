/** What one's files take on the server, and what they may take. */

import { signal } from "@preact/signals";
import { getUsage } from "../api/files";
import type { Usage } from "../lib/wire";

/** The last answer; `null` before the first. */
export const usage = signal<Usage | null>(null);

/** Asks the server; without an answer the last one stays. */
export async function loadUsage(): Promise<void> {
  usage.value = await getUsage().catch(() => usage.peek());
}
