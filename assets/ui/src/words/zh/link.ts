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
  "link.full": "服务器的磁盘满了。",
  "link.readOnly": "服务器暂时不接受新内容。",
  "link.fullMeans": "仍可继续阅读。您写的内容会在这里等待，可以发送时会自动发出。",
  "link.fullHelp": "{names} 可以帮忙。",
  "link.fullAny": "请告诉管理服务器的人。",
  "link.fullRoom": "腾出空间",

  "doctor.title": "连接诊断",
} as const;
