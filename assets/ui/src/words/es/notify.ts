/** Notifications, the newer version, and what other apps share. */
export const notify = {
  "notify.line": "{name}: {text}",
  "notify.hidden": { one: "Un mensaje nuevo", other: "{n} mensajes nuevos" },
  "notify.files": "Un archivo",

  "update.ready": "Hay un Inkspot más nuevo.",
  "update.take": "Abrirlo",

  "share.title": "¿Adónde va?",
  "share.what": { one: "Se ha compartido un archivo con Inkspot.", other: "Se han compartido {n} archivos con Inkspot." },
  "share.nothing": "No se ha compartido nada, o ya ha encontrado su sitio.",
  "share.filter": "Buscar conversaciones por su nombre",
  "share.drop": "Descartarlo",
} as const;
