/** Sends the files that wait, a few at a time, and decides after each refusal whether to try again. */

import { Failure, toFailure } from "../lib/failure";
import { overLimit, type Upload, type UploadsWorld } from "./upload";

/** Where the files stand. */
export interface Shelf {
  readonly items: { peek(): readonly Upload[] };
  bytes(id: string): Blob | undefined;
  /** Changes what is shown; `keep` also what is on disk. */
  change(id: string, change: Partial<Upload>, keep: boolean): void;
}

/** Files sent at the same time. */
const AT_ONCE = 2;
/** Refused tries, on a standing connection, before the file counts as failed. */
const MAX_TRIES = 6;
/**
 * What passes by itself. `wrong_offset`: the server had more of the file than we knew; asking it first mends that.
 * `unauthorized`: the session has ended; after signing in again it goes on.
 */
const PASSING = new Set(["unauthorized", "offline", "no_answer", "rate_limited", "server_busy", "upload_busy", "wrong_offset", "broken_off", "checksum_mismatch", "internal"]);

/** The part of {@link Uploads} that sends. */
export class Uploader {
  readonly #world: UploadsWorld;
  readonly #shelf: Shelf;
  readonly #runs = new Map<string, AbortController>();
  readonly #tries = new Map<string, number>();
  /** Files that wait before they are tried again. */
  readonly #patient = new Set<string>();

  constructor(world: UploadsWorld, shelf: Shelf) {
    this.#world = world;
    this.#shelf = shelf;
  }

  /** Starts what waits; what a line waits for goes first. */
  pump(): void {
    const waiting = this.#shelf.items.peek().filter((item) => (item.state === "waiting" || item.state === "paused") && !this.#patient.has(item.id));
    waiting.sort((a, b) => Number(a.clientId === null) - Number(b.clientId === null) || a.order - b.order);
    for (const item of waiting) {
      const refused = overLimit(item, this.#shelf.items.peek(), this.#world.usage());
      if (refused !== null) this.#fail(item.id, refused);
      else if (!this.#world.isOnline()) this.#pauseOne(item);
      else if (this.#runs.size < AT_ONCE) void this.#run(item);
    }
  }

  /** Ends a file's try and forgets how often it was tried. */
  stop(id: string): void {
    this.#runs.get(id)?.abort();
    this.#runs.delete(id);
    this.#tries.delete(id);
    this.#patient.delete(id);
  }

  /** The connection is gone: what runs stops at once. */
  pause(): void {
    for (const [id, run] of this.#runs) {
      run.abort();
      this.#shelf.change(id, { state: "paused" }, false);
    }
    this.#runs.clear();
  }

  #pauseOne(item: Upload): void {
    if (item.state !== "paused") this.#shelf.change(item.id, { state: "paused" }, false);
  }

  async #run({ id, name, type, url, size }: Upload): Promise<void> {
    const bytes = this.#shelf.bytes(id);
    if (bytes === undefined) return this.#fail(id, new Failure({ code: "file_lost", message: "" }));
    const run = new AbortController();
    const current = () => this.#runs.get(id) === run;
    this.#runs.set(id, run);
    this.#shelf.change(id, { state: "running" }, false);
    try {
      const fileId = await this.#world.send(
        { bytes, name, type, url },
        {
          signal: run.signal,
          onUrl: (next) => current() && this.#shelf.change(id, { url: next }, true),
          onProgress: (sent) => current() && this.#progress(id, sent, size),
        },
      );
      if (!current()) return;
      this.stop(id);
      this.#shelf.change(id, { state: "done", fileId, sent: size }, true);
      this.#world.changed();
    } catch (error) {
      if (!current()) return;
      this.#runs.delete(id);
      this.#refused(id, toFailure(error));
    }
    this.pump();
  }

  #refused(id: string, failure: Failure): void {
    // That others are served first is no fault of this file.
    const tries = (this.#tries.get(id) ?? 0) + (failure.code === "server_busy" ? 0 : 1);
    this.#tries.set(id, tries);
    if (!PASSING.has(failure.code) || (tries >= MAX_TRIES && this.#world.isOnline())) return this.#fail(id, failure);
    this.#shelf.change(id, { state: "paused" }, false);
    this.#patient.add(id);
    const seconds = failure.retryAfter ?? Math.min(30, 2 ** (tries - 1));
    this.#world.after(seconds * 1000, () => {
      this.#patient.delete(id);
      this.pump();
    });
  }

  #fail(id: string, failure: Failure): void {
    this.#tries.delete(id);
    const { code, message, limit } = failure;
    this.#shelf.change(id, { state: "failed", failed: code, reason: message, ...(limit === undefined ? {} : { limit }) }, true);
    this.#world.changed();
  }

  /** Only whole hundredths are worth drawing. */
  #progress(id: string, sent: number, size: number): void {
    const before = this.#shelf.items.peek().find((item) => item.id === id)?.sent ?? 0;
    const step = (bytes: number) => Math.floor((bytes * 100) / Math.max(1, size));
    if (step(sent) !== step(before)) this.#shelf.change(id, { sent }, false);
  }
}
