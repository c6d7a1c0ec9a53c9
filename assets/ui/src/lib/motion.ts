/** Motion of what scripts move, as the tokens say it; none for who asked for less. */

/** Whether one asked for less motion. */
export const isCalm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** How what is in this element goes from one place to another. */
export function motionIn(element: Element): KeyframeAnimationOptions {
  const style = getComputedStyle(element);
  return { duration: milliseconds(style.getPropertyValue("--base")), easing: style.getPropertyValue("--out") };
}

/** `160ms` and `.16s` are the same: which of them it is, the one who packs the styles decides. */
export function milliseconds(time: string): number {
  return Number.parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1_000);
}
