/** A file on its way: what is known about it, what it needs from the world, and the limits it must keep. */

import type { UploadItem } from "../cache/db";
import type { FileToSend, SendEvents } from "../api/tus";
import { Failure } from "../lib/failure";
import type { Usage } from "../lib/wire";

/** A file on its way, as it is shown. */
export interface Upload extends UploadItem {
  /** `paused`: there is no connection, or the server asked for patience. */
  state: "waiting" | "running" | "paused" | "done" | "failed";
  /** Bytes that the server has. */
  sent: number;
  /** The address of its picture in this tab, when it is one. */
  preview: string | null;
}

/** A picture that this browser can show. */
export interface Preview {
  url: string;
  width: number;
  height: number;
}

/** What the uploads need from the world. */
export interface UploadsWorld {
  load(userId: string): Promise<UploadItem[]>;
  find(id: string): Promise<UploadItem | null>;
  bytes(id: string): Promise<Blob | null>;
  put(item: UploadItem): Promise<void>;
  putBytes(id: string, bytes: Blob): Promise<void>;
  remove(id: string): Promise<void>;
  /** Resolves when this tab is the one that sends it. */
  hold(id: string): Promise<void>;
  release(id: string): void;
  /** One try; resolves to the file's id, rejects with a {@link Failure}. */
  send(file: FileToSend, events: SendEvents): Promise<string>;
  /** Tells the server that this is no longer wanted. */
  drop(item: UploadItem): void;
  preview(bytes: Blob): Promise<Preview | null>;
  /** This tab no longer shows it in the tray. */
  letGo(upload: Upload): void;
  isOnline(): boolean;
  usage(): Usage | null;
  newId(): string;
  now(): number;
  after(ms: number, task: () => void): void;
  /** Called when a file has arrived or was refused: a line may go out now. */
  changed(): void;
}

/** What is kept on disk of a file. */
export function stored(upload: Upload): UploadItem {
  const { state: _state, sent: _sent, preview: _preview, ...item } = upload;
  return item;
}

/** The same file with nothing said against it; `anew` also forgets what the server had of it. */
export function unrefused(upload: Upload, anew: boolean): Upload {
  const { failed: _failed, reason: _reason, limit: _limit, ...rest } = upload;
  if (!anew) return { ...rest, state: rest.fileId === undefined ? "waiting" : "done" };
  const { url: _url, fileId: _fileId, ...fresh } = rest;
  return { ...fresh, state: "waiting", sent: 0 };
}

/** Why the server would refuse this file, found before anything is sent. */
export function overLimit(upload: Upload, all: readonly Upload[], usage: Usage | null): Failure | null {
  if (usage === null) return null;
  if (upload.size > usage.maxFile) return new Failure({ code: "file_too_large", message: "", limit: usage.maxFile });
  if (usage.quota === null) return null;
  const before = all.filter((each) => each.order < upload.order && each.state !== "done" && each.state !== "failed");
  const wanted = before.reduce((sum, each) => sum + each.size, usage.used + upload.size);
  return wanted > usage.quota ? new Failure({ code: "quota_exceeded", message: "", limit: usage.quota }) : null;
}

/** Why a file was refused, as it was kept. */
export function failureOf(upload: UploadItem): Failure {
  const { failed = "internal", reason = "", limit } = upload;
  return new Failure({ code: failed, message: reason, ...(limit === undefined ? {} : { limit }) });
}
