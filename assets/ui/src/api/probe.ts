/** Looks whether and how the server answers, for the connection doctor. Never rejects. */

import { at, SOCKET_PATH } from "../lib/base";

const PATIENCE = 8_000;

/** What the API answered and how long it took, in ms; `null` when it did not. */
export async function probeApi(): Promise<{ ms: number; serverTime: number | null; version: string } | null> {
  try {
    const start = performance.now();
    const response = await fetch(at("/api/health"), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    const ms = Math.round(performance.now() - start);
    const body = (await response.json()) as { status?: string; version?: string };
    if (body.status !== "ok") return null;
    const date = Date.parse(response.headers.get("date") ?? "");
    return { ms, serverTime: Number.isNaN(date) ? null : date, version: body.version ?? "" };
  } catch {
    return null;
  }
}

/** Whether the server still has the script that this page runs; `null` when it can't be told. */
export async function probePage(): Promise<boolean | null> {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src");
  if (!own) return null;
  try {
    const response = await fetch(at(`/?fresh=${Date.now()}`), { cache: "no-store", headers: { accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE) });
    return response.ok ? (await response.text()).includes(own) : null;
  } catch {
    return null;
  }
}

/** Whether the realtime door answers without a WebSocket. */
export async function probePolling(): Promise<boolean> {
  try {
    const response = await fetch(`${SOCKET_PATH}/?EIO=4&transport=polling`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    return response.ok && (await response.text()).startsWith("0{");
  } catch {
    return false;
  }
}
