/** Notifications, the newer version, and what other apps share. */
export const notify = {
  "notify.line": "{name}: {text}",
  "notify.hidden": { one: "Eine neue Nachricht", other: "{n} neue Nachrichten" },
  "notify.files": "Eine Datei",

  "update.ready": "Ein neueres Inkspot ist bereit.",
  "update.take": "Öffnen",

  "share.title": "Wohin soll es gehen?",
  "share.hint": "Es kommt dort ins Eingabefeld. Gesendet wird noch nichts.",
  "share.nothing": "Es wurde nichts geteilt, oder es hat seinen Platz schon gefunden.",
  "share.filter": "Unterhaltungen nach Namen suchen",
  "share.drop": "Verwerfen",
} as const;
