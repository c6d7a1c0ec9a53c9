/** The administration. */
export const admin = {
  "people.title": "الأشخاص",
  "people.search": "البحث عن أشخاص",
  "people.admin": "مدير",
  "people.member": "عضو",
  "people.disable": "تعطيل",
  "people.disableLabel": "تعطيل {name}",
  "people.enable": "تفعيل",
  "people.enableLabel": "تفعيل {name}",
  "people.disabled": "معطّل",
  "people.disableAsk": "تعطيل {name}؟ يُسجَّل خروجه من كل مكان فورًا، ولا يعود حتى تفعّله. ما كتبه يبقى.",
  "people.reset": "كلمة مرور جديدة",
  "people.resetLabel": "وضع كلمة مرور جديدة لـ {name}",
  "people.resetDone": "تم. سُجّل خروج {name} من كل مكان.",
  "people.invites": "الدعوات",
  "people.onlyAdmin": "لا يرى هذه الصفحة إلا المديرون.",
} as const;
