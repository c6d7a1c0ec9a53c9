/** The Chinese messages; see the English ones. */

import { joined, type Area } from "../joined";

/** Every key of the English messages, in Chinese. */
export const zh = joined(import.meta.glob<Area>(["./*.ts", "!./index.ts", "!./checks.ts"], { eager: true }));
