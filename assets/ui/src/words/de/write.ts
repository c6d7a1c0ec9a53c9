/** The composer. */
export const write = {
  "write.label": "Nachricht",
  "write.placeholder": "An {title} schreiben",
  "write.send": "Senden",
  "write.left": { one: "noch {n} Zeichen", other: "noch {n} Zeichen" },
  "write.over": { one: "{n} Zeichen zu viel", other: "{n} Zeichen zu viel" },

  "write.attach": "Dateien hinzufügen",
  "write.drop": "Loslassen, um sie hier hinzuzufügen",

  "code.plain": "Code",
  "code.copy": "Code kopieren: {name}",
  "code.copyShort": "Kopieren",
  "code.copied": "Kopiert",
  "fold.more": "Alles zeigen",
  "fold.less": "Weniger zeigen",
} as const;
