/** The composer. */
export const write = {
  "write.label": "消息",
  "write.placeholder": "写给{title}",
  "write.send": "发送",
  "write.left": { other: "还可输入 {n} 个字符" },
  "write.over": { other: "超出 {n} 个字符" },

  "write.attach": "添加文件",
  "write.drop": "松开即可添加到这个会话",
} as const;
