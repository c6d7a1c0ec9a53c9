/** The administration. */
export const admin = {
  "people.title": "Personen",
  "people.search": "Personen suchen",
  "people.admin": "Verwaltung",
  "people.member": "Mitglied",
  "people.disable": "Sperren",
  "people.enable": "Freigeben",
  "people.disabled": "Gesperrt",
  "people.disableAsk": "{name} sperren? Alle Geräte werden sofort abgemeldet, und zurück geht es erst, wenn du das Konto wieder freigibst. Was geschrieben wurde, bleibt.",
  "people.invites": "Einladungen",
  "people.onlyAdmin": "Diese Seite sieht nur die Verwaltung.",
} as const;
