/** The composer. */
export const write = {
  "write.label": "رسالة",
  "write.placeholder": "اكتب إلى {title}",
  "write.send": "إرسال",
  "write.left": { zero: "لم يبقَ أي حرف", one: "بقي حرف واحد", two: "بقي حرفان", few: "بقيت {n} أحرف", many: "بقي {n} حرفًا", other: "بقي {n} حرف" },
  "write.over": { zero: "لا أحرف زائدة", one: "حرف واحد زائد", two: "حرفان زائدان", few: "{n} أحرف زائدة", many: "{n} حرفًا زائدًا", other: "{n} حرف زائد" },

  "write.attach": "إضافة ملفات",
  "write.drop": "أفلِت للإضافة إلى هذه المحادثة",

  "code.plain": "شيفرة",
  "code.copy": "نسخ الشيفرة: {name}",
  "code.copyShort": "نسخ",
  "code.copied": "نُسخت",
  "fold.more": "عرض الكل",
  "fold.less": "عرض أقل",
} as const;
