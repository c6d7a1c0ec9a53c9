/** The whole: the frame, crashes, buttons that are everywhere. */
export const app = {
  "app.name": "Inkspot",
  "app.loading": "يجري فتح Inkspot",
  "app.notFound": "لا شيء في هذا العنوان.",
  "app.home": "إلى محادثاتك",
  "app.crashed": "حدث خطأ في هذه الصفحة. رسائلك في أمان.",
  "app.reload": "إعادة التحميل",

  "time.at": "{day}، {time}",

  "common.cancel": "إلغاء",
  "common.close": "إغلاق",
  "common.both": "{a}، {b}",

  "toast.label": "إشعارات",
  "toast.undo": "تراجع",
  "toast.close": "إخفاء هذا الإشعار",

  "signin.ended.signed_out": "سُجّل خروجك من هذا الجهاز.",
  "signin.ended.disabled": "عُطّل هذا الحساب. يستطيع مدير الخادم تفعيله من جديد.",
  "signin.ended.password_changed": "تغيّرت كلمة المرور. سجّل الدخول بالجديدة.",
  "signin.ended.session_ended": "انتهت جلستك. سجّل الدخول من جديد.",

  "common.save": "حفظ",
} as const;
