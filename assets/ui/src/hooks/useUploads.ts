/** Files on their way, for components: the tray, single files, and what one's files may take. */

import { useEffect } from "preact/hooks";
import { uploads } from "../state/live";
import type { Upload } from "../state/upload";
import { loadUsage, usage } from "../state/usage";

export { sentPreview } from "../state/preview";
export { addToTray, refill, removeFromTray, trayNotice, trayOf } from "../state/tray";
export type { Upload } from "../state/upload";
export { usage } from "../state/usage";

/** These files on their way, those of them that are in this tab; subscribes the caller. */
export function uploadsOf(ids: readonly string[]): Upload[] {
  return uploads.items.value.filter((item) => ids.includes(item.id));
}

/** Tries a refused file again. */
export const retryUpload = (id: string): void => uploads.retry([id]);

/** The share of these files that the server has, 0 to 1. */
export function shareOf(files: readonly Upload[]): number {
  const size = files.reduce((sum, each) => sum + each.size, 0);
  const sent = files.reduce((sum, each) => sum + each.sent, 0);
  return size === 0 ? 0 : sent / size;
}

/** Learns the limits, so that a refusal can be said before anything is sent. */
export function useLimits(): void {
  useEffect(() => {
    if (usage.peek() === null) void loadUsage();
  }, []);
}

/** The newest word on what one's files take. */
export function useUsage() {
  useEffect(() => void loadUsage(), []);
  return usage.value;
}
