/** One tab at a time: the browser's own locks, which end with the tab that holds them. */

const held = new Map<string, () => void>();

/** Resolves when this tab holds `name`; waits as long as another one does. */
export function hold(name: string): Promise<void> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (locks === undefined) return Promise.resolve();
  return new Promise((granted) => {
    const keep = () =>
      new Promise<void>((done) => {
        held.set(name, done);
        granted();
      });
    locks.request(`inkspot ${name}`, keep).catch(() => granted());
  });
}

/** Lets the next tab have it. */
export function release(name: string): void {
  held.get(name)?.();
  held.delete(name);
}
