/** The connection and what waits for it. */
export const link = {
  "link.lost": "Reconnecting.",
  "link.next": { one: "Next try in {n} s.", other: "Next try in {n} s." },
  "link.trying": "Trying now.",
  "link.waiting": { one: "One line waits here until then.", other: "{n} lines wait here until then." },
  "link.since": "Offline since {time}.",
  "link.waitingLong": { one: "One line waits here.", other: "{n} lines wait here." },
  "link.doctor": "What is wrong?",
  "link.updating": "The server is being updated. It is back in a moment.",
  "link.now": "Try now",
  "link.full": "The server's disk is full.",
  "link.readOnly": "The server takes nothing new right now.",
  "link.fullMeans": "Reading goes on. What you write waits here and goes out by itself when it can.",
  "link.fullHelp": "{names} can help.",
  "link.fullAny": "Tell whoever looks after the server.",
  "link.fullRoom": "Make room",

  "doctor.title": "Connection doctor",
} as const;
