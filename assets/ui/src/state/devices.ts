/** The devices one is signed in on, as far as the page is told. */

import { signal } from "@preact/signals";
import type { SessionStart } from "../lib/wire";

/** The device that was signed in last while this page is open. */
export const newDevice = signal<SessionStart | null>(null);

/** The session of the device that somebody took note of last, in any tab. */
export const notedDevice = signal<string | null>(null);
