/** A typed list of listeners. A listener that throws does not keep the others from hearing. */

/** Listeners for the events of the map `E`, each with one argument. */
export class Emitter<E extends object> {
  readonly #listeners = new Map<keyof E, Set<(data: never) => void>>();

  /** Listens until the returned function is called. */
  on<K extends keyof E>(event: K, listener: (data: E[K]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    set.add(listener as (data: never) => void);
    this.#listeners.set(event, set);
    return () => set.delete(listener as (data: never) => void);
  }

  /** Tells every listener, in the order in which they came. */
  emit<K extends keyof E>(event: K, data: E[K]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (data: E[K]) => void)(data);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
