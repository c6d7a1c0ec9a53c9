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

  "toast.label": "提示",
  "toast.undo": "撤销",
  "toast.close": "收起这条提示",
} as const;
