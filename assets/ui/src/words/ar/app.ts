/** The whole: the frame, crashes, buttons that are everywhere. */
export const app = {
  "app.name": "Inkspot",
} as const;
