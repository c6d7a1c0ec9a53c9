/** The state of the connection in terms of what a person sees. */

import { house } from "../state/house";
import { link, outbox } from "../state/live";
import { useNow } from "./useNow";

export { tryNow } from "../state/live";

/** Milliseconds without a connection before anything is said about it. */
const QUIET = 2_000;
/** Milliseconds after which the strip stops counting and says since when. */
const LONG = 60_000;

/** What to show. */
export interface LinkView {
  /** `quiet`: connected, or not long enough without to mention it. */
  kind: "quiet" | "short" | "long";
  connected: boolean;
  /** Since when, ms since 1970. */
  since: number;
  /** Whole seconds to the next try; 0 while trying. */
  nextIn: number;
  /** Lines that wait in the send queue. */
  waiting: number;
  /** Whether the server said that it comes back at once. */
  updating: boolean;
  /** Whether the server takes what is written; if not, it waits here. */
  writable: boolean;
  /** Whether it does not because its disk is full. */
  full: boolean;
}

/** Follows the connection, second by second while it is down. */
export function useLink(): LinkView {
  const since = link.downSince.value;
  const phase = link.phase.value;
  const now = useNow(since === null ? 0 : 500);
  const down = since === null ? 0 : now - since;
  return {
    kind: down < QUIET ? "quiet" : down < LONG ? "short" : "long",
    connected: phase === "online",
    since: since ?? now,
    nextIn: phase === "waiting" ? Math.max(0, Math.ceil((link.retryAt.value - now) / 1000)) : 0,
    waiting: outbox.items.value.filter((item) => item.failed === undefined).length,
    updating: link.updating.value,
    writable: house.value.writable,
    full: house.value.reason === "storage_full",
  };
}
