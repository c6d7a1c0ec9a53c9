/** The composer. */
export const write = {
  "write.label": "Nachricht",
  "write.placeholder": "An {title} schreiben",
  "write.send": "Senden",
  "write.left": { one: "noch {n} Zeichen", other: "noch {n} Zeichen" },
  "write.over": { one: "{n} Zeichen zu viel", other: "{n} Zeichen zu viel" },

  "write.attach": "Dateien hinzufügen",
  "write.drop": "Loslassen, um sie hier hinzuzufügen",
} as const;
