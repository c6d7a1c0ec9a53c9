/** The administration. */
export const admin = {
  "people.title": "People",
  "people.search": "Search people",
  "people.admin": "Administrator",
  "people.member": "Member",
  "people.disable": "Disable",
  "people.disableLabel": "Disable {name}",
  "people.enable": "Enable",
  "people.enableLabel": "Enable {name}",
  "people.disabled": "Disabled",
  "people.disableAsk": "Disable {name}? They are signed out everywhere at once and can't come back until you enable them.",
  "people.reset": "New password",
  "people.resetLabel": "Set a new password for {name}",
  "people.resetDone": "Set. {name} is signed out everywhere.",
  "people.invites": "Invitations",
  "people.onlyAdmin": "Only administrators see this page.",
} as const;
