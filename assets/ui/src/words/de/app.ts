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
  "common.both": "{a}, {b}",

  "toast.label": "Hinweise",
  "toast.undo": "Rückgängig",
  "toast.close": "Diesen Hinweis weglegen",

  "signin.ended.signed_out": "Du wurdest auf diesem Gerät abgemeldet.",
  "signin.ended.disabled": "Dieses Konto wurde gesperrt. Die Verwaltung des Servers kann es wieder freigeben.",
  "signin.ended.password_changed": "Das Passwort wurde geändert. Melde dich mit dem neuen an.",
  "signin.ended.session_ended": "Deine Sitzung ist zu Ende. Bitte melde dich noch einmal an.",

  "common.save": "Speichern",
} as const;
