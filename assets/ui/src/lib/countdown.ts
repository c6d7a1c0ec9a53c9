/** Time that is left, as clocks show it. Pure. */

import { perLanguage } from "./language";

const whole = perLanguage((tag) => new Intl.NumberFormat(tag));
const padded = perLanguage((tag) => new Intl.NumberFormat(tag, { minimumIntegerDigits: 2 }));

/** `4:05` of so many milliseconds. */
export function countdown(left: number): string {
  const seconds = Math.ceil(left / 1_000);
  return `${whole().format(Math.floor(seconds / 60))}:${padded().format(seconds % 60)}`;
}
