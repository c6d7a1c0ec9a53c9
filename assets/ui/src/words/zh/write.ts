/** The composer. */
export const write = {
  "write.label": "消息",
  "write.placeholder": "写给{title}",
  "write.send": "发送",
  "write.left": { other: "还可输入 {n} 个字符" },
  "write.over": { other: "超出 {n} 个字符" },

  "write.attach": "添加文件",
  "write.drop": "松开即可添加到这个会话",

  "code.plain": "代码",
  "code.copy": "复制代码：{name}",
  "code.copyShort": "复制",
  "code.copied": "已复制",
  "fold.more": "全部显示",
  "fold.less": "收起",
} as const;
