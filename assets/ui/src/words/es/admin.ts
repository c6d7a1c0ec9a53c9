/** The administration. */
export const admin = {
  "people.title": "Personas",
  "people.search": "Buscar personas",
  "people.admin": "Administración",
  "people.member": "Miembro",
  "people.disable": "Desactivar",
  "people.enable": "Activar",
  "people.disabled": "Desactivada",
  "people.disableAsk": "¿Desactivar a {name}? Su sesión se cierra al instante en todas partes y no podrá volver hasta que actives la cuenta. Lo que escribió se queda.",
  "people.invites": "Invitaciones",
  "people.onlyAdmin": "Esta página solo la ve quien administra.",
} as const;
