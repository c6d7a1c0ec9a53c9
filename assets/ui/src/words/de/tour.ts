/** The first steps. */
export const tour = {
  "tour.label": "Erste Schritte",
  "tour.next": "Weiter",
  "tour.skip": "Überspringen",
  "tour.done": "Anfangen",
  "tour.invite": "Hol jemanden herein.",
  "tour.inviteText": "Von allein findet niemand diesen Server. Eine Einladung ist ein Link oder ein Quadrat, auf das man ein Telefon hält.",
  "tour.rule": "Der Strich neben deinen Worten gehört dir.",
  "tour.ruleText": "Er sagt auch, wie weit eine Nachricht ist.",
  "tour.rule.sending": "Gestrichelt: Die Tinte ist nass. Sie wartet und bleibt, auch wenn du schließt.",
  "tour.rule.sent": "Durchgezogen: Der Server hat sie.",
  "tour.rule.failed": "Rot: Sie ging nicht hinaus. Sie bleibt, mit dem Grund.",
  "tour.keys": "Alles mit der Tastatur.",
  "tour.keysText": "Zwei genügen, um die anderen zu finden.",
} as const;
