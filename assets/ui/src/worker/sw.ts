/**
 * The service worker: the files of one version of the app, so that it opens without a connection;
 * what other apps share with it; clicks on notifications. It never sees an answer of the API.
 */

import { putShared } from "../cache/shared";

declare const self: ServiceWorkerGlobalScope;
/** All files of this version, as they are named below the worker's own folder, and what names the version; put in by the build. */
declare const FILES: readonly string[];
declare const VERSION: string;

/** Where the app lives: `/`, or `/chat/` behind a proxy. */
const { pathname: HOME } = new URL("./", self.location.href);
/** Other apps may live at other paths of the same origin: what is not ours stays. */
const OURS = `inkspot ${HOME} `;
const CACHE = OURS + VERSION;
const files = new Set(FILES.map((file) => HOME + file));

self.addEventListener("install", (event) => event.waitUntil(keepFiles()));

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || !pathname.startsWith(HOME) || pathname.startsWith(`${HOME}api/`)) return;
  if (request.method === "POST" && pathname === `${HOME}share`) return event.respondWith(takeShared(request));
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (pathname !== `${HOME}up` && pathname !== `${HOME}trust`) event.respondWith(kept(HOME, request));
  } else if (files.has(pathname)) event.respondWith(kept(pathname, request));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openAt((event.notification.data as { url?: string } | null)?.url ?? "/"));
});

async function keepFiles(): Promise<void> {
  const cache = await caches.open(CACHE);
  // What has a hash in its name never changes; the page is asked for anew.
  await cache.addAll([...files].map((file) => new Request(file, file === HOME ? { cache: "reload" } : {})));
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

/** Keeps what another app gave, and leads to the page that asks where it shall go. */
async function takeShared(request: Request): Promise<Response> {
  const form = await request.formData();
  const words = ["title", "text", "url"].map((name) => form.get(name)).filter((value) => typeof value === "string" && value.trim() !== "");
  const given = form.getAll("files").filter((value) => value instanceof File);
  await putShared({ text: [...new Set(words)].join("\n"), files: given });
  return Response.redirect(`${HOME}share`, 303);
}

/** Brings a tab of the app to the front and leads it to this place in the app, or opens one. */
async function openAt(url: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const tabs = windows.filter((each) => new URL(each.url).pathname.startsWith(HOME));
  const tab = tabs.find((each) => each.focused) ?? tabs.find((each) => each.visibilityState === "visible") ?? tabs[0];
  if (tab === undefined) return void (await self.clients.openWindow(HOME + url.slice(1)));
  await tab.focus();
  tab.postMessage({ kind: "open", url });
}
