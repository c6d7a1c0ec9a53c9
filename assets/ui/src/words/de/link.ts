/** The connection and what waits for it. */
export const link = {
  "link.lost": "Verbindung wird wiederhergestellt.",
  "link.next": { one: "Nächster Versuch in {n} s.", other: "Nächster Versuch in {n} s." },
  "link.trying": "Neuer Versuch läuft.",
  "link.waiting": { one: "Eine Nachricht wartet hier so lange.", other: "{n} Nachrichten warten hier so lange." },
  "link.since": "Offline seit {time}.",
  "link.waitingLong": { one: "Eine Nachricht wartet hier.", other: "{n} Nachrichten warten hier." },
  "link.doctor": "Was ist los?",
  "link.updating": "Der Server wird aktualisiert. Gleich ist er wieder da.",
  "link.now": "Jetzt versuchen",

  "doctor.title": "Verbindungsdoktor",
} as const;
