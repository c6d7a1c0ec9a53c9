/** A language that is not English is one script: all the files of its folder. */

import type { Message, Messages } from "./en";

/** One file: what it exports, by name. */
export type Area = Readonly<Record<string, Readonly<Record<string, Message>>>>;

/** The messages of all areas as one space of keys. */
export function joined(areas: Readonly<Record<string, Area>>): Messages {
  return Object.assign({}, ...Object.values(areas).flatMap((area) => Object.values(area))) as Messages;
}
