/** The composer. */
export const write = {
  "write.label": "Mensaje",
  "write.placeholder": "Escribir a {title}",
  "write.send": "Enviar",
  "write.left": { one: "queda {n} carácter", other: "quedan {n} caracteres" },
  "write.over": { one: "sobra {n} carácter", other: "sobran {n} caracteres" },

  "write.attach": "Añadir archivos",
  "write.drop": "Suelta para añadirlo a esta conversación",
  "write.code": "Código: Intro hace una línea nueva",
  "write.preview": "Vista previa",
  "write.people": "Personas que mencionar",
  "write.offers": { one: "{n} sugerencia", other: "{n} sugerencias" },
  "write.all": "todo el mundo",
  "write.allHint": { one: "@all, {n} persona", other: "@all, {n} personas" },

  "paste.long": "Es un texto largo.",
  "paste.file": "Enviarlo como archivo {name}",
  "paste.done": "Va como archivo {name}.",

  "emoji.title": "Emojis",
  "emoji.open": "Añadir un emoji",
  "emoji.failed": "Sin conexión no se pueden cargar.",
  "code.plain": "Código",
  "code.copy": "Copiar el código: {name}",
  "code.copyShort": "Copiar",
  "code.copied": "Copiado",
  "fold.more": "Mostrar todo",
  "fold.less": "Mostrar menos",
} as const;
