/** What the connection doctor found, and what it means: from measurements to sentences. Pure. */

import type { TextKey, TextValues } from "./text";

/** What was measured; `null`: it could not be. */
export interface Measured {
  /** A page over HTTPS (or on this machine). */
  secure: boolean;
  /** Whether the browser let a service worker be there: `null` where there are none. It doesn't with a certificate that it does not trust. */
  worker: boolean | null;
  /** The answer of the API: milliseconds, and the server's clock and version. */
  api: { ms: number; serverTime: number | null; version: string } | null;
  /** When that was, by the clock here. */
  now: number;
  /** Whether this page is the one that the server has now. */
  current: boolean | null;
  socket: boolean;
  polling: boolean;
  storage: boolean;
  notifications: "granted" | "denied" | "default" | "none";
}

/** `caution`: it works, but something is missing. */
export type Verdict = "good" | "caution" | "bad";

/** One line of the answer; `remedy` says what to do. */
export interface Finding {
  id: string;
  verdict: Verdict;
  words: TextKey;
  values?: TextValues;
  remedy?: TextKey;
}

/** A slow answer, in ms. */
const SLOW = 1_500;
/** A clock that is wrong by more than this shows wrong times, in ms. */
const CLOCK = 90_000;

const good = (id: string, words: TextKey, values?: TextValues): Finding => ({ id, verdict: "good", words, ...(values && { values }) });
const off = (id: string, verdict: Verdict, words: TextKey, remedy: TextKey, values?: TextValues): Finding => ({ id, verdict, words, remedy, ...(values && { values }) });

/** All findings, in the order in which one depends on the other. */
export function findingsOf(it: Measured): Finding[] {
  return [secureOf(it), apiOf(it), socketOf(it), ...clockOf(it), ...currentOf(it), storageOf(it), noticesOf(it)];
}

function secureOf({ secure, worker }: Measured): Finding {
  if (!secure) return off("secure", "bad", "doctor.insecure", "doctor.insecureHelp");
  if (worker === false) return off("secure", "caution", "doctor.untrusted", "doctor.untrustedHelp");
  return good("secure", "doctor.secure");
}

function apiOf({ api }: Measured): Finding {
  if (api === null) return off("api", "bad", "doctor.noApi", "doctor.noApiHelp");
  if (api.ms > SLOW) return off("api", "caution", "doctor.slow", "doctor.slowHelp", { n: api.ms });
  return good("api", "doctor.api", { n: api.ms });
}

function socketOf({ api, socket, polling }: Measured): Finding {
  if (socket) return good("socket", "doctor.socket");
  if (polling) return off("socket", "caution", "doctor.polling", "doctor.pollingHelp");
  return off("socket", "bad", "doctor.noSocket", api === null ? "doctor.noApiHelp" : "doctor.noSocketHelp");
}

function clockOf({ api, now }: Measured): Finding[] {
  const server = api?.serverTime ?? null;
  if (server === null) return [];
  const minutes = Math.round(Math.abs(now - server) / 60_000);
  if (Math.abs(now - server) <= CLOCK) return [good("clock", "doctor.clock")];
  return [off("clock", "caution", now > server ? "doctor.clockAhead" : "doctor.clockBehind", "doctor.clockHelp", { n: minutes })];
}

function currentOf({ current }: Measured): Finding[] {
  if (current === null) return [];
  return [current ? good("current", "doctor.current") : off("current", "caution", "doctor.old", "doctor.oldHelp")];
}

function storageOf({ storage }: Measured): Finding {
  return storage ? good("storage", "doctor.storage") : off("storage", "caution", "doctor.noStorage", "doctor.noStorageHelp");
}

function noticesOf({ notifications }: Measured): Finding {
  if (notifications === "granted") return good("notices", "settings.permission.granted");
  return off("notices", "caution", `settings.permission.${notifications}`, notifications === "default" ? "doctor.noticesHelp" : `settings.permission.${notifications}Hint`);
}
