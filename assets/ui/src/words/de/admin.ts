/** The administration. */
export const admin = {
  "people.title": "Personen",
  "people.search": "Personen suchen",
  "people.admin": "Verwaltung",
  "people.member": "Mitglied",
  "people.disable": "Sperren",
  "people.disableLabel": "{name} sperren",
  "people.enable": "Freigeben",
  "people.enableLabel": "{name} freigeben",
  "people.disabled": "Gesperrt",
  "people.disableAsk": "{name} sperren? Alle Geräte werden sofort abgemeldet, und zurück geht es erst, wenn du das Konto wieder freigibst. Was geschrieben wurde, bleibt.",
  "people.reset": "Neues Passwort",
  "people.resetLabel": "Neues Passwort für {name} setzen",
  "people.resetDone": "Gesetzt. {name} ist überall abgemeldet.",
  "people.invites": "Einladungen",
  "people.onlyAdmin": "Diese Seite sieht nur die Verwaltung.",
} as const;
