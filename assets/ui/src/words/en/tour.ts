/** The first steps. */
export const tour = {
  "tour.label": "First steps",
  "tour.next": "Next",
  "tour.skip": "Skip",
  "tour.done": "Begin",
  "tour.invite": "Bring somebody in.",
  "tour.inviteText": "Nobody finds this server by themselves. An invitation is a link or a square to point a phone at.",
  "tour.rule": "The line beside your words is yours.",
  "tour.ruleText": "It also says how a line is on its way.",
  "tour.rule.sending": "Dashed: the ink is wet. It waits, and is kept if you close this.",
  "tour.rule.sent": "Full: the server has it.",
  "tour.rule.failed": "Red: it did not go. It stays with the reason.",
  "tour.keys": "Everything by the keyboard.",
  "tour.keysText": "Two are enough to find the others.",
} as const;
