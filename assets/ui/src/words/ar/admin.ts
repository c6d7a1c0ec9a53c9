/** The administration. */
export const admin = {
  "people.title": "الأشخاص",
  "people.search": "البحث عن أشخاص",
  "people.admin": "مدير",
  "people.member": "عضو",
  "people.disable": "تعطيل",
  "people.enable": "تفعيل",
  "people.disabled": "معطّل",
  "people.disableAsk": "تعطيل {name}؟ يُسجَّل خروجه من كل مكان فورًا، ولا يعود حتى تفعّله. ما كتبه يبقى.",
  "people.invites": "الدعوات",
  "people.onlyAdmin": "لا يرى هذه الصفحة إلا المديرون.",
} as const;
