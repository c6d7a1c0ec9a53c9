/** The composer. */
export const write = {
  "write.label": "Mensaje",
  "write.placeholder": "Escribir a {title}",
  "write.send": "Enviar",
  "write.left": { one: "queda {n} carácter", other: "quedan {n} caracteres" },
  "write.over": { one: "sobra {n} carácter", other: "sobran {n} caracteres" },

  "write.attach": "Añadir archivos",
  "write.drop": "Suelta para añadirlo a esta conversación",

  "code.plain": "Código",
  "code.copy": "Copiar el código: {name}",
  "code.copyShort": "Copiar",
  "code.copied": "Copiado",
  "fold.more": "Mostrar todo",
  "fold.less": "Mostrar menos",
} as const;
