/** One request to `/api`: JSON in, JSON out, failures as {@link Failure}. No state, no retries. */

import { at } from "../lib/base";
import { Failure } from "../lib/failure";
import type { WireError } from "../lib/wire";

/** Methods the server knows. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

let onUnauthorized: () => void = () => undefined;

/** Who hears that the server no longer knows this session. */
export function setUnauthorizedListener(listener: () => void): void {
  onUnauthorized = listener;
}

/** Sends one request; rejects with a {@link Failure} (code `offline` when nothing answered, or `signal` was aborted); `keepalive`: also when the page is left. */
export async function request<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal, keepalive = false): Promise<T> {
  const init: RequestInit = { method, headers: { accept: "application/json" }, keepalive, ...(signal && { signal }) };
  if (body !== undefined) {
    init.headers = { accept: "application/json", "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  return send<T>(path, init);
}

/** Posts a form with files; fails as {@link request} does. */
export async function requestForm<T>(path: string, body: FormData): Promise<T> {
  return send<T>(path, { method: "POST", headers: { accept: "application/json" }, body });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(at(`/api${path}`), init);
  } catch {
    throw new Failure({ code: "offline", message: "no answer" });
  }
  const data = await readJson(response);
  if (response.ok) return data as T;
  throw refusal(data, response.status, response.statusText);
}

/** What an answer that is no success means; tells the session when the server no longer knows it. */
export function refusal(data: unknown, status: number, words: string): Failure {
  const failure = new Failure(errorIn(data, status, words), status);
  if (failure.code === "unauthorized") onUnauthorized();
  return failure;
}

/** Encodes one path segment. */
export function seg(value: string): string {
  return encodeURIComponent(value);
}

/** A query string of the values that are there, with its question mark. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

async function readJson(response: Response): Promise<unknown> {
  return parseJson(await response.text().catch(() => ""));
}

/** The value of a JSON text, `undefined` for anything else. */
export function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorIn(data: unknown, status: number, words: string): WireError {
  const error = (data as { error?: Partial<WireError> } | undefined)?.error;
  if (typeof error?.code === "string") return { message: "", ...error, code: error.code };
  const code = status >= 502 && status <= 504 ? "server_busy" : "internal";
  return { code, message: words };
}
