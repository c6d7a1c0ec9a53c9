/** The icon of the window: the mark, whose droplet takes one's ink when something is new. Pure. */

const MARK =
  "M15.1 3.7C21.7 3.5 26.8 8.4 26.9 14.8C27 21.5 21.9 26.5 15.3 26.6C13.4 26.6 11.8 26.3 10.3 25.7C8.8 27 6.8 28.2 4.4 28.8C3.7 29 3.4 28.3 3.9 27.8C5.2 26.4 5.8 24.7 5.7 22.9C4 20.8 3 18.2 3.1 15.2C3.2 8.7 8.5 3.9 15.1 3.7Z";

/** What the icon tells. */
export interface IconNews {
  unread: boolean;
  /** Messages that name one. */
  mentions: number;
  /** One's ink, and what is written on it. */
  ink: string;
  on: string;
}

/** The icon as an address of its own; `null` when nothing is new. */
export function faviconOf({ unread, mentions, ink, on }: IconNews): string | null {
  if (!unread && mentions === 0) return null;
  const count = mentions > 9 ? "9+" : String(mentions);
  const news =
    mentions === 0
      ? `<circle cx="25" cy="7" r="6.5" fill="${ink}"/>`
      : `<circle cx="21.5" cy="10.5" r="10.5" fill="${ink}"/><text x="21.5" y="15.6" text-anchor="middle" font-family="system-ui,sans-serif" font-weight="700" font-size="${count.length > 1 ? 12 : 15}" fill="${on}">${count}</text>`;
  const style = "path{fill:#1B2436}@media (prefers-color-scheme:dark){path{fill:#EDE7DA}}";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>${style}</style><path d="${MARK}"/>${news}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
