/** Looks whether this browser keeps anything for us, for the connection doctor. */

const NAME = "inkspot-doctor";

/** Whether a database can be made. Never rejects. */
export function probeStorage(): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.open(NAME);
      asked.onsuccess = () => {
        asked.result.close();
        indexedDB.deleteDatabase(NAME);
        resolve(true);
      };
      asked.onerror = () => resolve(false);
    } catch {
      resolve(false);
    }
  });
}

/** Whether a service worker is there or may be; `null` where there are none. Never rejects. */
export async function probeWorker(): Promise<boolean | null> {
  if (!("serviceWorker" in navigator)) return null;
  const known = await navigator.serviceWorker.getRegistration().catch(() => undefined);
  return known !== undefined;
}
