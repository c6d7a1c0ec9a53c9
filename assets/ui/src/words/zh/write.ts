/** The composer. */
export const write = {
  "write.label": "消息",
  "write.placeholder": "写给{title}",
  "write.send": "发送",
  "write.left": { other: "还可输入 {n} 个字符" },
  "write.over": { other: "超出 {n} 个字符" },

  "write.attach": "添加文件",
  "write.drop": "松开即可添加到这个会话",
  "write.code": "代码：按 Enter 换行",
  "write.preview": "预览",
  "write.people": "可以提到的人",
  "write.offers": { other: "{n} 条建议" },
  "write.all": "所有人",
  "write.allHint": { other: "@all，{n} 人" },

  "paste.long": "这段文字很长。",
  "paste.file": "作为文件 {name} 发送",
  "paste.done": "将作为文件 {name} 发送。",

  "emoji.title": "表情",
  "emoji.open": "添加表情",
  "emoji.failed": "没有网络，无法加载。",
  "code.plain": "代码",
  "code.copy": "复制代码：{name}",
  "code.copyShort": "复制",
  "code.copied": "已复制",
  "fold.more": "全部显示",
  "fold.less": "收起",
} as const;
