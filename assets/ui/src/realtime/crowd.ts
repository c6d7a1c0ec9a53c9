/** The other tabs as the one that leads knows them, and which conversations are open in any of them. */

import type { Tab } from "./tabs";

/** Kept up while this tab leads. */
export class Crowd {
  readonly #tabs = new Map<string, Tab>();
  /** The conversations that the server knows to be open. */
  #joined = new Set<string>();

  get joined(): readonly string[] {
    return [...this.#joined];
  }

  /** The server knows these; taken over from the tab that led before, or none after a fresh start. */
  set joined(ids: readonly string[]) {
    this.#joined = new Set(ids);
  }

  /** The conversations that somebody is looking at in other tabs. */
  get lookedAt(): readonly string[] {
    return [...this.#tabs.values()].flatMap((tab) => tab.looking ?? []);
  }

  /** A tab says how it is; returns whether it was not known. */
  add(tab: Tab): boolean {
    const known = this.#tabs.has(tab.id);
    this.#tabs.set(tab.id, tab);
    return !known;
  }

  /** A tab is gone. */
  drop(id: string): void {
    this.#tabs.delete(id);
  }

  /** Nobody is there. */
  clear(): void {
    this.#tabs.clear();
  }

  /** Tells the server what was opened and closed since, here and in the other tabs. */
  sync(own: readonly string[], tell: (event: string, id: string) => void): void {
    const wanted = new Set([own, ...[...this.#tabs.values()].map((tab) => tab.joins)].flat());
    for (const id of wanted) if (!this.#joined.has(id)) tell("join-conversation", id);
    for (const id of this.#joined) if (!wanted.has(id)) tell("leave-conversation", id);
    this.#joined = wanted;
  }
}
