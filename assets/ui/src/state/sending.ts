/** Everything on its way to the server: lines, and the files that go with them. */

import { deleteFile } from "../api/files";
import { endUpload, sendFile } from "../api/tus";
import { deleteOutbox, loadOutbox, putOutbox, type OutboxItem } from "../cache/db";
import { hold, release } from "../cache/locks";
import { deleteUpload, loadBytes, loadUpload, loadUploads, putBytes, putUpload } from "../cache/uploads";
import { Failure } from "../lib/failure";
import type { Message } from "../lib/wire";
import type { SharedLine } from "../realtime/shared";
import { Outbox } from "./outbox";
import { house } from "./house";
import { clearPreviews, previewOf, retire } from "./preview";
import { Uploads } from "./uploads";
import { loadUsage, usage } from "./usage";

type After = (ms: number, task: () => void) => void;

/** What one tab tells the others about a line. */
export type Change =
  | { kind: "changed"; item: OutboxItem }
  | { kind: "delivered"; message: Message }
  | { kind: "retry" | "discard"; clientId: string };

/** The send queue and the files, over the connection of all tabs. */
export class Sending {
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly #share: (change: Change) => void;

  /** `arrived` is called once for each line that the server has stored. */
  constructor(realtime: SharedLine, arrived: (message: Message) => void, after: After) {
    const common = { now: () => Date.now(), after };
    this.#share = (change) => realtime.share("line", change);
    this.outbox = new Outbox({
      ...common,
      isOnline: () => realtime.leading && realtime.connected && house.peek().writable,
      changed: (item) => this.#share({ kind: "changed", item }),
      put: putOutbox,
      remove: deleteOutbox,
      load: loadOutbox,
      files: (item) => this.#files(item),
      send: ({ conversationId, content, clientId }, attachments) =>
        realtime.ask<Message>("send-message", { conversationId, content, clientId, attachments, messageType: attachments.length > 0 ? "file" : "text" }),
      delivered: (message, item) => {
        arrived(message);
        if (realtime.leading) this.#share({ kind: "delivered", message });
        if (item.uploads === undefined) return;
        this.uploads.forget(item.uploads);
        void loadUsage();
      },
    });
    this.uploads = new Uploads({
      ...common,
      isOnline: () => realtime.connected && house.peek().writable,
      load: loadUploads,
      find: loadUpload,
      bytes: loadBytes,
      put: putUpload,
      putBytes,
      remove: deleteUpload,
      hold,
      release,
      send: sendFile,
      drop: ({ url, fileId }) => {
        if (fileId !== undefined) void deleteFile(fileId).catch(() => undefined);
        else if (url !== undefined) endUpload(url);
      },
      preview: previewOf,
      letGo: ({ preview, fileId }) => preview !== null && retire(preview, fileId),
      usage: () => usage.peek(),
      newId: () => crypto.randomUUID(),
      changed: () => this.outbox.pump(),
    });
  }

  /** Takes up what this user left unsent. */
  async open(userId: string): Promise<void> {
    await this.outbox.open(userId);
    await this.uploads.open(userId);
  }

  /** Forgets what is in memory. */
  close(): void {
    this.outbox.close();
    this.uploads.close();
    clearPreviews();
    usage.value = null;
  }

  /** There is a connection again. */
  resume(): void {
    this.uploads.pump();
    this.outbox.pump();
  }

  /** Sends a failed line again, with what of its files is missing. */
  retry(clientId: string): void {
    this.#retry(clientId);
    this.#share({ kind: "retry", clientId });
  }

  /** Gives a line and its files up. */
  discard(clientId: string): void {
    this.#discard(clientId);
    this.#share({ kind: "discard", clientId });
  }

  /** Another tab has done something with a line. */
  hear(change: Change): void {
    if (change.kind === "retry") this.#retry(change.clientId);
    if (change.kind === "discard") this.#discard(change.clientId);
    if (change.kind === "delivered") this.outbox.confirm(change.message);
    if (change.kind !== "changed") return;
    this.uploads.adopt(change.item.uploads ?? []);
    this.outbox.take(change.item);
  }

  #retry(clientId: string): void {
    const item = this.#line(clientId);
    // The server no longer has the files: they were kept too long without their line.
    if (item?.uploads !== undefined) this.uploads.retry(item.uploads, item.failed === "invalid_field");
    this.outbox.retry(clientId);
  }

  #discard(clientId: string): void {
    const item = this.#line(clientId);
    this.outbox.discard(clientId);
    if (item?.uploads !== undefined) this.uploads.cancel(item.uploads);
  }

  #line(clientId: string): OutboxItem | undefined {
    return this.outbox.items.peek().find((each) => each.clientId === clientId);
  }

  #files({ uploads }: OutboxItem): readonly string[] | Failure | null {
    if (uploads === undefined || uploads.length === 0) return [];
    const files = this.uploads.ready(uploads);
    return files instanceof Failure ? new Failure({ code: "file_failed", message: files.message }) : files;
  }
}
