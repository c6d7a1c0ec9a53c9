/**
 * The service worker of this page: registering it, and saying when it has a newer version ready.
 * Where there is none (an old browser, a certificate that is not trusted) everything works without.
 */

import { signal } from "@preact/signals";
import { at } from "../lib/base";

interface Policy {
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

/** How often to look for a newer version, in ms. */
const LOOK = 60 * 60_000;
const WORKER = at("/sw.js");

/** Whether a newer version is ready to be opened. */
export const updateReady = signal(false);

let registration: ServiceWorkerRegistration | null = null;
let registering: Promise<ServiceWorkerRegistration | null> = Promise.resolve(null);

/** The registration once it is there, for notifications; `null` where there is none. */
export const workerRegistration = (): Promise<ServiceWorkerRegistration | null> => registering;

/** Registers the worker and follows it; `onOpen` leads to an address that a notification is about. */
export async function runWorker(onOpen: (url: string) => void): Promise<void> {
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  if (workers === undefined || !import.meta.env.PROD) return;
  let controlled = workers.controller !== null;
  workers.addEventListener("message", ({ data }: MessageEvent<{ kind?: string; url?: string } | null>) => {
    if (data?.kind === "open" && typeof data.url === "string") onOpen(data.url);
  });
  // The first worker takes over a page that is as new as itself; any other one a page that is older.
  workers.addEventListener("controllerchange", () => {
    if (controlled) location.reload();
    controlled = true;
  });
  registering = workers.register(trusted(WORKER), { updateViaCache: "none" }).catch(() => null);
  registration = await registering;
  if (registration === null) return;
  follow(registration);
  setInterval(lookForUpdate, LOOK);
}

/** Looks whether the server has a newer version. */
export function lookForUpdate(): void {
  registration?.update().catch(() => undefined);
}

/** Opens the newer version, in all tabs. */
export function takeUpdate(): void {
  const waiting = registration?.waiting;
  if (waiting) waiting.postMessage("take over");
  else location.reload();
}

function follow(it: ServiceWorkerRegistration): void {
  const look = () => {
    if (it.waiting !== null && navigator.serviceWorker.controller !== null) updateReady.value = true;
  };
  look();
  it.addEventListener("updatefound", () => it.installing?.addEventListener("statechange", look));
}

/** The one address that may become a script here; the policy's name stands in the server's CSP. */
function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (types === undefined) return url;
  const createScriptURL = (wanted: string) => {
    if (wanted !== WORKER) throw new TypeError("not our worker");
    return wanted;
  };
  return types.createPolicy("inkspot-worker", { createScriptURL }).createScriptURL(url);
}
