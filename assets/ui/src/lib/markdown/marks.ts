/** `hasMarks(content)`: whether a message will stand there otherwise than it was typed. */

import { plainText } from "./plain";

/** What all marks begin with; words without any of it need no closer look. */
const SIGNS = /[*_~`#>|[\]]|^\s*(?:-|\d{1,3}[.)])\s/m;

/** Asked at each key, so the usual answer is a quick no. */
export function hasMarks(content: string): boolean {
  return SIGNS.test(content) && plainText(content) !== content.trim();
}
