/** The first steps. */
export const tour = {
  "tour.label": "Primeros pasos",
  "tour.next": "Siguiente",
  "tour.skip": "Omitir",
  "tour.done": "Empezar",
  "tour.invite": "Haz entrar a alguien.",
  "tour.inviteText": "Nadie encuentra este servidor por sí solo. Una invitación es un enlace, o un cuadrado al que apuntar un teléfono.",
  "tour.rule": "La línea junto a tus palabras es tuya.",
  "tour.ruleText": "También dice por dónde va un mensaje.",
  "tour.rule.sending": "A trazos: la tinta está fresca. Espera, y se guarda si cierras esto.",
  "tour.rule.sent": "Continua: el servidor lo tiene.",
  "tour.rule.failed": "Roja: no ha salido. Se queda, con el motivo.",
  "tour.keys": "Todo con el teclado.",
  "tour.keysText": "Dos bastan para encontrar los demás.",
} as const;
