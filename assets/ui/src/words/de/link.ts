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
  "link.full": "Die Festplatte des Servers ist voll.",
  "link.readOnly": "Der Server nimmt gerade nichts Neues an.",
  "link.fullMeans": "Lesen geht weiter. Was du schreibst, wartet hier und wird von selbst gesendet, sobald es geht.",
  "link.fullHelp": "Helfen kann: {names}.",
  "link.fullAny": "Sag es der Person, die den Server betreut.",
  "link.fullRoom": "Platz schaffen",

  "doctor.title": "Verbindungsdoktor",
} as const;
