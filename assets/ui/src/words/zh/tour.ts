/** The first steps. */
export const tour = {
  "tour.label": "第一步",
  "tour.next": "下一步",
  "tour.skip": "跳过",
  "tour.done": "开始",
  "tour.invite": "请人进来。",
  "tour.inviteText": "没有人会自己找到这台服务器。邀请是一个链接，或一个用手机扫的方块。",
  "tour.rule": "你文字旁的线，是你的线。",
  "tour.ruleText": "它也告诉你消息走到了哪里。",
  "tour.rule.sending": "虚线：墨迹未干。它在等待，关掉也会保留。",
  "tour.rule.sent": "实线：服务器收到了。",
  "tour.rule.failed": "红线：没有发出去。它会留着，并说明原因。",
  "tour.keys": "一切都能用键盘。",
  "tour.keysText": "记住两个，就能找到其余的。",
} as const;
