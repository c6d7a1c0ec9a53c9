/** The connection and what waits for it. */
export const link = {
  "link.lost": "正在重新连接。",
  "link.next": { other: "{n} 秒后再试。" },
  "link.trying": "正在尝试。",
  "link.waiting": { other: "在此之前，{n} 条消息在这里等待。" },
  "link.since": "自 {time} 起离线。",
  "link.waitingLong": { other: "{n} 条消息在这里等待。" },
  "link.doctor": "出了什么问题？",
  "link.updating": "服务器正在更新，马上回来。",
  "link.now": "立即重试",

  "doctor.title": "连接诊断",
} as const;
