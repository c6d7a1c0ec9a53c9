/** The whole: the frame, crashes, buttons that are everywhere. */
export const app = {
  "app.name": "Inkspot",
  "app.loading": "正在打开 Inkspot",
  "app.notFound": "这个地址下什么也没有。",
  "app.home": "前往你的会话",
  "app.crashed": "这个页面出了点问题。你的消息都安全。",
  "app.reload": "重新加载",

  "time.at": "{day} {time}",

  "common.cancel": "取消",
  "common.close": "关闭",
  "common.both": "{a}，{b}",

  "toast.label": "提示",
  "toast.undo": "撤销",
  "toast.close": "收起这条提示",

  "signin.ended.signed_out": "你已在这台设备上退出登录。",
  "signin.ended.disabled": "这个账号已停用。服务器的管理员可以重新启用它。",
  "signin.ended.password_changed": "密码已更改。请用新密码登录。",
  "signin.ended.session_ended": "登录已失效。请重新登录。",

  "common.save": "保存",
} as const;
