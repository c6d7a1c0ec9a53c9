/**
 * Where this app lives: at the root of its address, or below a path under which a proxy shows it. The server says so in
 * the page itself, since no other file of the app is made for one place.
 *
 * Inside the app every address begins at `/`: what the router matches, what `route` is given. Where an address leaves
 * the app (a link, the history, a request) it goes through {@link at}; where it comes in, through {@link within}.
 */

const said = (globalThis as { document?: Document }).document?.documentElement.dataset ?? {};

/** What stands before all paths of this app: empty, or `/chat`. */
export const BASE = said["base"] ?? "";

/** The path of the realtime connection, as one asks for it from here. */
export const SOCKET_PATH = BASE + (said["socket"] ?? "/api/socketio");

/** The address of a place in the app, as others see it. */
export const at = (path: string, base = BASE): string => base + path;

/** The place in the app that a path of the document leads to; `null` when it leads out of the app. */
export function within(path: string, base = BASE): string | null {
  if (!path.startsWith(base)) return null;
  const rest = path.slice(base.length);
  if (rest === "") return "/";
  return /^[/?#]/.test(rest) ? rest.replace(/^(?=[?#])/, "/") : null;
}

/** The place in the app where one is. */
export const here = (): string => within(location.pathname) ?? location.pathname;

/** Moves a page that was opened past the proxy, without the base, to where it lives. */
export function settle(): void {
  const { pathname, search, hash } = location;
  if (within(pathname) === null) history.replaceState(history.state, "", at(pathname) + search + hash);
}
