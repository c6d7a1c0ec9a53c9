/** Notifications, the newer version, and what other apps share. */
export const notify = {
  "notify.line": "{name}: {text}",
  "notify.hidden": { one: "Un mensaje nuevo", other: "{n} mensajes nuevos" },
  "notify.files": "Un archivo",

  "update.ready": "Hay un Inkspot más nuevo.",
  "update.take": "Abrirlo",

  "share.title": "¿Adónde va?",
  "share.hint": "Pasa al campo de escritura de esa conversación. Todavía no se envía nada.",
  "share.nothing": "No se ha compartido nada, o ya ha encontrado su sitio.",
  "share.filter": "Buscar conversaciones por su nombre",
  "share.drop": "Descartarlo",
} as const;
