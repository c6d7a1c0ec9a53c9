/** The administration. */
export const admin = {
  "people.title": "成员",
  "people.search": "查找成员",
  "people.admin": "管理员",
  "people.member": "成员",
  "people.disable": "停用",
  "people.enable": "启用",
  "people.disabled": "已停用",
  "people.disableAsk": "停用{name}？对方会立即在所有设备上退出登录，在你重新启用之前无法回来。写过的内容会保留。",
  "people.invites": "邀请",
  "people.onlyAdmin": "只有管理员能看到这个页面。",
} as const;
