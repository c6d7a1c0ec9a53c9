/** The icons: one 20 px grid, 1.5 px stroke, current colour. Decoration only; words carry the meaning. */

const PATHS = {
  search: "M3.75 9a5.25 5.25 0 1 0 10.5 0a5.25 5.25 0 1 0-10.5 0M13 13l4 4",
  plus: "M10 4v12M4 10h12",
  pen: "M3.5 16.5l1-4 8.7-8.7a1.8 1.8 0 0 1 2.5 0l.5.5a1.8 1.8 0 0 1 0 2.5l-8.7 8.7zM11.7 5.3l3 3",
  people:
    "M4.75 7a2.75 2.75 0 1 0 5.5 0a2.75 2.75 0 1 0-5.5 0M2.5 16c.3-2.8 2.3-4.5 5-4.5s4.7 1.7 5 4.5M13 4.6a2.6 2.6 0 0 1 0 4.9M14.5 11.9c1.7.6 2.8 2.1 3 4.1",
  info: "M3.25 10a6.75 6.75 0 1 0 13.5 0a6.75 6.75 0 1 0-13.5 0M10 9.5V13M10 6.8v.1",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  send: "M3.5 4L17 10 3.5 16l1.8-6zM5.3 10H10",
  close: "M5 5l10 10M15 5L5 15",
  check: "M4 10.5l4 4 8-9",
  alert: "M10 3.5L17 16H3zM10 8v4M10 13.9v.1",
  retry: "M15.8 8A6.2 6.2 0 1 0 16 12M16.2 4v4.2H12",
  back: "M12 4.5L6.5 10l5.5 5.5",
  down: "M5 8l5 5 5-5",
  copy: "M8.5 7H15a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5H8.5A1.5 1.5 0 0 1 7 15V8.5A1.5 1.5 0 0 1 8.5 7zM4.5 13h-1V3.5H13v1",
  gear: "M3.5 6.5H9M13 6.5h3.5M3.5 13.5H7M11 13.5h5.5M9 6.5a2 2 0 1 0 4 0a2 2 0 1 0-4 0M7 13.5a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
  lock: "M6 8.5h8a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 15v-5A1.5 1.5 0 0 1 6 8.5zM6.5 8.5V6.5a3.5 3 0 0 1 7 0v2",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM7.8 10a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0",
  link: "M8.5 11.5l3-3M7.5 9L5.3 11.2a2.5 2.5 0 0 0 3.5 3.5L11 12.5M12.5 11l2.2-2.2a2.5 2.5 0 0 0-3.5-3.5L9 7.5",
  offline:
    "M3.5 3.5l13 13M5.5 11.5a6 6 0 0 1 2.2-1.5M2.5 8.5a10.5 10.5 0 0 1 3.3-2.2M9 5.2a10.5 10.5 0 0 1 8.5 3.3M12.5 10a6 6 0 0 1 2 1.5M10 15v.1",
  next: "M8 4.5l5.5 5.5L8 15.5",
  clip: "M15.5 9l-5.8 5.8a3.3 3.3 0 0 1-4.7-4.7l6.3-6.3a2.2 2.2 0 0 1 3.1 3.1l-6 6a1.1 1.1 0 0 1-1.6-1.6l5.2-5.2",
  file: "M5 3.5h6.5L15 7v9.5H5zM11.5 3.5V7H15M7.5 10.5h5M7.5 13.5h3",
  image: "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-9A1.5 1.5 0 0 1 4.5 4zM3.5 14l4-4 3 3 2-2 4 4M12.5 7.5v.1",
  download: "M10 3.5v9M6.5 9.5L10 13l3.5-3.5M4 16.5h12",
  grow: "M11.5 4H16v4.5M8.5 16H4v-4.5M16 4l-5 5M4 16l5-5",
  shrink: "M11 4.5V9h4.5M9 15.5V11H4.5M11 9l5-5M9 11l-5 5",
  bin: "M4.5 6h11M8 6V4h4v2M6 6l.7 10.5h6.6L14 6M8.5 9v4.5M11.5 9v4.5",
  signOut: "M11.5 4H5v12h6.5M9 10h8M14 7l3 3-3 3",
} as const;

/** Names of the icons. */
export type IconName = keyof typeof PATHS;

/** One icon; `mirror` turns it over in right-to-left pages. */
export function Icon({ name, small, mirror }: { name: IconName; small?: boolean; mirror?: boolean }) {
  return (
    <svg class={`icon icon-${name}${small ? " small" : ""}${mirror ? " mirror" : ""}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
