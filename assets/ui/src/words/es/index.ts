/** The Spanish messages; see the English ones. */

import { joined, type Area } from "../joined";

/** Every key of the English messages, in Spanish. */
export const es = joined(import.meta.glob<Area>(["./*.ts", "!./index.ts", "!./checks.ts"], { eager: true }));
