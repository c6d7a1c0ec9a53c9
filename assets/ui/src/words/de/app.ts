/** The whole: the frame, crashes, buttons that are everywhere. */
export const app = {
  "app.name": "Inkspot",
  "app.loading": "Inkspot wird geöffnet",
  "app.notFound": "Unter dieser Adresse ist nichts.",
  "app.home": "Zu deinen Unterhaltungen",
  "app.crashed": "Auf dieser Seite ist etwas schiefgegangen. Deine Nachrichten sind sicher.",
  "app.reload": "Neu laden",

  "time.at": "{day}, {time}",

  "common.cancel": "Abbrechen",
  "common.close": "Schließen",

  "toast.label": "Hinweise",
  "toast.undo": "Rückgängig",
  "toast.close": "Diesen Hinweis weglegen",
} as const;
