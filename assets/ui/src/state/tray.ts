/** What lies in the tray of a conversation, and what was left out of it. */

import { signal } from "@preact/signals";
import { LIMITS } from "../lib/wire";
import { uploads } from "./live";
import type { Upload } from "./upload";

/** Why something was not taken into the tray. */
export interface TrayNotice {
  conversationId: string;
  kind: "tooMany" | "folder" | "different";
  /** How many were left out. */
  n: number;
  /** The file it is about, if it is about one. */
  name: string;
}

/** The newest notice; gone with the next change of the tray. */
export const trayNotice = signal<TrayNotice | null>(null);

/** The files in the tray of a conversation; subscribes the caller. */
export function trayOf(conversationId: string): Upload[] {
  return uploads.items.value.filter((item) => item.clientId === null && item.conversationId === conversationId);
}

/** Takes files into the tray, as many as a message may have. */
export function addToTray(conversationId: string, files: readonly File[], folders = 0): void {
  const room = Math.max(0, LIMITS.attachments - trayOf(conversationId).length);
  const left = files.length - room;
  if (left > 0) trayNotice.value = { conversationId, kind: "tooMany", n: left, name: "" };
  else if (folders > 0) trayNotice.value = { conversationId, kind: "folder", n: folders, name: "" };
  else trayNotice.value = null;
  uploads.add(conversationId, files.slice(0, room));
}

/** Takes a file out of the tray. */
export function removeFromTray(id: string): void {
  trayNotice.value = null;
  uploads.cancel([id]);
}

/** Chosen again after its bytes were lost. */
export function refill(upload: Upload, file: File): void {
  const same = uploads.refill(upload.id, file);
  trayNotice.value = same ? null : { conversationId: upload.conversationId, kind: "different", n: 1, name: upload.name };
}
