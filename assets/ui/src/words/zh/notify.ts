/** Notifications, the newer version, and what other apps share. */
export const notify = {
  "notify.line": "{name}：{text}",
  "notify.hidden": { other: "{n} 条新消息" },
  "notify.files": "一个文件",

  "update.ready": "有新版 Inkspot 可用。",
  "update.take": "打开新版",

  "share.title": "发到哪里？",
  "share.hint": "内容会放进那里的输入框，现在还不会发送。",
  "share.nothing": "没有分享内容，或者它已经有了去处。",
  "share.filter": "按名称查找会话",
  "share.drop": "丢弃",
} as const;
