/**
 * The files of the signed-in user that no stored message carries yet: in the tray, or with a line
 * that waits for them. Each is kept on disk with its bytes and belongs to one tab at a time.
 */

import { signal } from "@preact/signals";
import type { UploadItem } from "../cache/db";
import { Failure } from "../lib/failure";
import { failureOf, stored, unrefused, type Upload, type UploadsWorld } from "./upload";
import { Uploader } from "./uploader";

/** The tray of every conversation, and what left it and has not arrived. */
export class Uploads {
  /** In the order in which they were added. */
  readonly items = signal<readonly Upload[]>([]);
  readonly #world: UploadsWorld;
  readonly #uploader: Uploader;
  readonly #bytes = new Map<string, Blob>();
  /** Kept on disk, and another tab still has them. */
  readonly #elsewhere = new Set<string>();
  #userId = "";
  #opened = false;
  #order = 0;

  constructor(world: UploadsWorld) {
    this.#world = world;
    this.#uploader = new Uploader(world, {
      items: this.items,
      bytes: (id) => this.#bytes.get(id),
      change: (id, change, keep) => this.#change(id, change, keep),
    });
  }

  /** Takes up the files that this user left behind, each as soon as no other tab has it. */
  async open(userId: string): Promise<void> {
    this.#userId = userId;
    const kept = await this.#world.load(userId);
    if (this.#userId !== userId) return;
    this.#opened = true;
    this.adopt(kept.map(({ id }) => id));
    this.#world.changed();
  }

  /** Takes these files over as soon as the tab that has them is gone. */
  adopt(ids: readonly string[]): void {
    const userId = this.#userId;
    for (const id of ids) {
      if (this.#find(id) !== undefined || this.#elsewhere.has(id)) continue;
      this.#elsewhere.add(id);
      void this.#world.hold(id).then(() => this.#take(userId, id));
    }
  }

  /** Forgets the files in memory; those on disk stay. */
  close(): void {
    this.#userId = "";
    this.#opened = false;
    for (const item of this.items.peek()) this.#letGo(item);
    this.#elsewhere.clear();
    this.items.value = [];
  }

  /** Puts files into the tray of a conversation and sends them as soon as possible. */
  add(conversationId: string, files: readonly File[]): void {
    for (const file of files) {
      this.#order = Math.max(this.#order + 1, this.#world.now());
      const { name, type, size } = file;
      const id = this.#world.newId();
      const item: UploadItem = { id, userId: this.#userId, conversationId, clientId: null, name, type, size, order: this.#order };
      this.#bytes.set(id, file);
      this.items.value = [...this.items.peek(), { ...item, state: "waiting", sent: 0, preview: null }];
      void this.#world.hold(id);
      void this.#world.put(item).then(() => this.#world.putBytes(id, file));
      void this.#look(id, file);
    }
    this.pump();
  }

  /** Gives files up, here and on the server. */
  cancel(ids: readonly string[]): void {
    for (const item of this.#pick(ids)) this.#world.drop(item);
    this.forget(ids);
  }

  /** A stored message carries them now, or nobody wants them: nothing is kept. */
  forget(ids: readonly string[]): void {
    const gone = this.#pick(ids);
    this.items.value = this.items.peek().filter((item) => !ids.includes(item.id));
    for (const item of gone) void this.#world.remove(item.id).finally(() => this.#letGo(item));
    for (const { id } of gone) this.#uploader.stop(id);
    this.pump();
  }

  /** They go with this line from now on. */
  attach(ids: readonly string[], clientId: string): void {
    for (const id of ids) this.#change(id, { clientId }, true);
  }

  /** Tries refused files again; `anew` sends also what the server said it does not have. */
  retry(ids: readonly string[], anew = false): void {
    for (const item of this.#pick(ids)) {
      if (item.state !== "failed" && !anew) continue;
      this.#uploader.stop(item.id);
      this.#replace(unrefused(item, anew), true);
    }
    this.pump();
  }

  /** The bytes were lost and the file was chosen again; returns whether it is the same. */
  refill(id: string, file: File): boolean {
    const item = this.#find(id);
    if (item === undefined || item.name !== file.name || item.size !== file.size) return false;
    this.#bytes.set(id, file);
    void this.#world.putBytes(id, file);
    void this.#look(id, file);
    this.retry([id]);
    return true;
  }

  /** Where the files of a line stand: their ids on the server, `null` while it must wait, or why it can't go. */
  ready(ids: readonly string[]): readonly string[] | Failure | null {
    const found = ids.map((id) => this.#find(id));
    const bad = found.find((item) => item?.state === "failed");
    if (bad !== undefined) return failureOf(bad);
    const lost = ids.some((id, i) => found[i] === undefined && !this.#elsewhere.has(id));
    if (lost && this.#opened) return new Failure({ code: "file_lost", message: "a file is not kept here" });
    const fileIds = found.flatMap((item) => item?.fileId ?? []);
    return fileIds.length === ids.length ? fileIds : null;
  }

  /** The connection is gone: what runs stops at once and says so. */
  pause(): void {
    this.#uploader.pause();
    this.pump();
  }

  /** Goes on with what waits. */
  pump(): void {
    this.#uploader.pump();
  }

  async #take(userId: string, id: string): Promise<void> {
    const item = this.#userId === userId ? await this.#world.find(id) : null;
    const bytes = item === null ? null : await this.#world.bytes(id);
    this.#elsewhere.delete(id);
    if (item === null || this.#userId !== userId) {
      this.#world.release(id);
      return this.#world.changed();
    }
    const arrived = item.fileId !== undefined;
    const failed = arrived || bytes !== null ? item.failed : "file_lost";
    const state = failed !== undefined ? "failed" : arrived ? "done" : "waiting";
    const whole: Upload = { ...item, state, sent: arrived ? item.size : 0, preview: null, ...(failed === undefined ? {} : { failed }) };
    if (bytes !== null) this.#bytes.set(id, bytes);
    this.items.value = [...this.items.peek(), whole].sort((a, b) => a.order - b.order);
    if (bytes !== null) void this.#look(id, bytes);
    this.#world.changed();
    this.pump();
  }

  /** Finds out whether it is a picture, and how large. */
  async #look(id: string, bytes: Blob): Promise<void> {
    const seen = await this.#world.preview(bytes);
    if (seen === null) return;
    const item = this.#find(id);
    if (item === undefined) return;
    this.#change(id, { preview: seen.url, width: seen.width, height: seen.height }, item.width === undefined);
  }

  #letGo(item: Upload): void {
    this.#uploader.stop(item.id);
    this.#bytes.delete(item.id);
    this.#world.letGo(item);
    this.#world.release(item.id);
  }

  #find(id: string): Upload | undefined {
    return this.items.peek().find((item) => item.id === id);
  }

  #pick(ids: readonly string[]): Upload[] {
    return this.items.peek().filter((item) => ids.includes(item.id));
  }

  #change(id: string, change: Partial<Upload>, keep: boolean): void {
    const item = this.#find(id);
    if (item !== undefined) this.#replace({ ...item, ...change }, keep);
  }

  #replace(upload: Upload, keep: boolean): void {
    this.items.value = this.items.peek().map((item) => (item.id === upload.id ? upload : item));
    if (keep) void this.#world.put(stored(upload));
  }
}
