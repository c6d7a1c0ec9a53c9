/** How much of a file has gone, as a thin line of ink. */

/** `share` is 0 to 1; `label` is the name for those who can't see it. */
export function Progress({ share, label }: { share: number; label: string }) {
  return <progress class="progress" max={100} value={Math.floor(share * 100)} aria-label={label} />;
}
