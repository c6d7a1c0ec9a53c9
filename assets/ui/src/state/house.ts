/** Whether the server takes anything new: it says so when its disk is full, and again when there is room. */

import { signal } from "@preact/signals";
import type { ServerState } from "../lib/wire";

const WRITABLE: ServerState = { writable: true };

/** How the server is, as it said last. */
export const house = signal<ServerState>(WRITABLE);

/** What holds until the server says something else, which it does right after connecting. */
export function forgetHouse(): void {
  house.value = WRITABLE;
}
