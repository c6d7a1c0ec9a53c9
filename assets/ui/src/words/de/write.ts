/** The composer. */
export const write = {
  "write.label": "Nachricht",
  "write.placeholder": "An {title} schreiben",
  "write.send": "Senden",
  "write.left": { one: "noch {n} Zeichen", other: "noch {n} Zeichen" },
  "write.over": { one: "{n} Zeichen zu viel", other: "{n} Zeichen zu viel" },

  "write.attach": "Dateien hinzufügen",
  "write.drop": "Loslassen, um sie hier hinzuzufügen",
  "write.code": "Code: Die Eingabetaste macht eine neue Zeile",
  "write.preview": "Vorschau",
  "write.people": "Personen zum Nennen",
  "write.offers": { one: "{n} Vorschlag", other: "{n} Vorschläge" },
  "write.all": "alle",
  "write.allHint": { one: "@all, {n} Person", other: "@all, {n} Personen" },

  "paste.long": "Das ist ein langer Text.",
  "paste.file": "Als Datei {name} senden",
  "paste.done": "Er geht als Datei {name} hinaus.",

  "emoji.title": "Emojis",
  "emoji.open": "Emoji einfügen",
  "emoji.failed": "Ohne Verbindung lassen sie sich nicht laden.",
  "code.plain": "Code",
  "code.copy": "Code kopieren: {name}",
  "code.copyShort": "Kopieren",
  "code.copied": "Kopiert",
  "fold.more": "Alles zeigen",
  "fold.less": "Weniger zeigen",
} as const;
