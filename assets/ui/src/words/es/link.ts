/** The connection and what waits for it. */
export const link = {
  "link.lost": "Reconectando.",
  "link.next": { one: "Próximo intento en {n} s.", other: "Próximo intento en {n} s." },
  "link.trying": "Intentándolo ahora.",
  "link.waiting": { one: "Un mensaje espera aquí hasta entonces.", other: "{n} mensajes esperan aquí hasta entonces." },
  "link.since": "Sin conexión. Última conexión: {time}.",
  "link.waitingLong": { one: "Un mensaje espera aquí.", other: "{n} mensajes esperan aquí." },
  "link.doctor": "¿Qué pasa?",
  "link.updating": "El servidor se está actualizando. Vuelve en un momento.",
  "link.now": "Intentar ahora",
  "link.full": "El disco del servidor está lleno.",
  "link.readOnly": "El servidor no admite nada nuevo por ahora.",
  "link.fullMeans": "Se puede seguir leyendo. Lo que escribas espera aquí y se envía solo en cuanto se pueda.",
  "link.fullHelp": "Puede ayudar: {names}.",
  "link.fullAny": "Avisa a quien cuida el servidor.",
  "link.fullRoom": "Hacer sitio",

  "doctor.title": "Médico de la conexión",
} as const;
