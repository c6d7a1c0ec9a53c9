/** The administration. */
export const admin = {
  "people.title": "Personas",
  "people.search": "Buscar personas",
  "people.admin": "Administración",
  "people.member": "Miembro",
  "people.disable": "Desactivar",
  "people.disableLabel": "Desactivar a {name}",
  "people.enable": "Activar",
  "people.enableLabel": "Activar a {name}",
  "people.disabled": "Desactivada",
  "people.disableAsk": "¿Desactivar a {name}? Su sesión se cierra al instante en todas partes y no podrá volver hasta que actives la cuenta. Lo que escribió se queda.",
  "people.reset": "Contraseña nueva",
  "people.resetLabel": "Poner una contraseña nueva a {name}",
  "people.resetDone": "Hecho. La sesión de {name} se ha cerrado en todas partes.",
  "people.invites": "Invitaciones",
  "people.onlyAdmin": "Esta página solo la ve quien administra.",
} as const;
