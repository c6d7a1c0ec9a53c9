/** The composer. */
export const write = {
  "write.label": "رسالة",
  "write.placeholder": "اكتب إلى {title}",
  "write.send": "إرسال",
  "write.left": { zero: "لم يبقَ أي حرف", one: "بقي حرف واحد", two: "بقي حرفان", few: "بقيت {n} أحرف", many: "بقي {n} حرفًا", other: "بقي {n} حرف" },
  "write.over": { zero: "لا أحرف زائدة", one: "حرف واحد زائد", two: "حرفان زائدان", few: "{n} أحرف زائدة", many: "{n} حرفًا زائدًا", other: "{n} حرف زائد" },

  "write.attach": "إضافة ملفات",
  "write.drop": "أفلِت للإضافة إلى هذه المحادثة",
  "write.code": "شيفرة: مفتاح Enter يبدأ سطرًا جديدًا",
  "write.preview": "معاينة",
  "write.people": "أشخاص للإشارة إليهم",
  "write.offers": { zero: "لا اقتراحات", one: "اقتراح واحد", two: "اقتراحان", few: "{n} اقتراحات", many: "{n} اقتراحًا", other: "{n} اقتراح" },
  "write.all": "الجميع",
  "write.allHint": { zero: "@all، لا أحد", one: "@all، شخص واحد", two: "@all، شخصان", few: "@all، {n} أشخاص", many: "@all، {n} شخصًا", other: "@all، {n} شخص" },

  "paste.long": "هذا نص طويل.",
  "paste.file": "إرساله كملف {name}",
  "paste.done": "يُرسل كملف {name}.",

  "emoji.title": "رموز تعبيرية",
  "emoji.open": "إضافة رمز تعبيري",
  "emoji.failed": "لا يمكن تحميلها من دون اتصال.",
  "code.plain": "شيفرة",
  "code.copy": "نسخ الشيفرة: {name}",
  "code.copyShort": "نسخ",
  "code.copied": "نُسخت",
  "fold.more": "عرض الكل",
  "fold.less": "عرض أقل",
} as const;
