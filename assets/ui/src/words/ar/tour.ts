/** The first steps. */
export const tour = {
  "tour.label": "الخطوات الأولى",
  "tour.next": "التالي",
  "tour.skip": "تخطٍّ",
  "tour.done": "ابدأ",
  "tour.invite": "أدخِل شخصًا.",
  "tour.inviteText": "لا أحد يجد هذا الخادم وحده. الدعوة رابط، أو مربع يوجَّه إليه الهاتف.",
  "tour.rule": "الخط بجانب كلماتك خطك.",
  "tour.ruleText": "ويقول أيضًا أين صارت الرسالة.",
  "tour.rule.sending": "متقطّع: الحبر رطب. تنتظر، وتُحفظ إن أغلقت.",
  "tour.rule.sent": "متصل: وصلت إلى الخادم.",
  "tour.rule.failed": "أحمر: لم تُرسل. تبقى مع السبب.",
  "tour.keys": "كل شيء بلوحة المفاتيح.",
  "tour.keysText": "اثنان يكفيان لإيجاد البقية.",
} as const;
