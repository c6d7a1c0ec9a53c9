/** Notifications, the newer version, and what other apps share. */
export const notify = {
  "notify.line": "{name}: {text}",
  "notify.hidden": { one: "A new line", other: "{n} new lines" },
  "notify.files": "A file",

  "update.ready": "A newer Inkspot is ready.",
  "update.take": "Open it",

  "share.title": "Where shall it go?",
  "share.hint": "It goes into the composer there. Nothing is sent yet.",
  "share.nothing": "Nothing was shared, or it has found its place already.",
  "share.filter": "Search conversations by name",
  "share.drop": "Throw it away",
} as const;
