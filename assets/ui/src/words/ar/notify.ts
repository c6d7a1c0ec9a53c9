/** Notifications, the newer version, and what other apps share. */
export const notify = {
  "notify.line": "{name}: {text}",
  "notify.hidden": { zero: "لا رسائل جديدة", one: "رسالة جديدة", two: "رسالتان جديدتان", few: "{n} رسائل جديدة", many: "{n} رسالة جديدة", other: "{n} رسالة جديدة" },
  "notify.files": "ملف",

  "update.ready": "إصدار أحدث من Inkspot جاهز.",
  "update.take": "فتحه",

  "share.title": "إلى أين تذهب؟",
  "share.hint": "تنتقل إلى حقل الكتابة هناك، ولا يُرسل شيء بعد.",
  "share.nothing": "لم يُشارَك شيء، أو وجد مكانه بالفعل.",
  "share.filter": "البحث عن محادثات بالاسم",
  "share.drop": "التخلص منها",
} as const;
