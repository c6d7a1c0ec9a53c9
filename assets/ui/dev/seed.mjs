/** Made-up people and what they write, in several languages and directions. */

import { randomUUID } from "node:crypto";

const PEOPLE = [
  ["wren", "Wren Calloway", "admin", true],
  ["amara", "Amara Okafor", "member", true],
  ["jiri", "Jiří Novák", "member", true],
  ["misaki", "佐藤 美咲", "member", true],
  ["layla", "ليلى حداد", "member", false],
  ["tomas", "Tomás Ferreira", "member", false],
  ["priya", "Priya Raman", "member", true],
  ["nadezhda", "Nadezhda Kowalczyk-Brandt", "member", false],
  ["seoyeon", "김서연", "member", false],
  ["oluwaseun", "Oluwaseun Adébáyò", "member", true],
];
const PAGE = [
  ["amara", 80, "Morning all. The new gauge logged 11.4 mm overnight, and the barrel by the east fence is full for the first time since April."],
  ["amara", 79, "Can somebody check that the overflow runs into the pond and not across the path?"],
  ["jiri", 66, "It does now. I moved the hose, and the sensor runs every ten minutes. The log is at https://rowan.local/gauge/rain.csv (also on the shed door)."],
  ["wren", 60, "Perfect. I will plot the file on Sunday; ten minutes is plenty for a slow leak."],
  ["misaki", 45, "東側の樽は満水です。写真を三枚送りますね。 The seedlings came through the storm."],
  ["layla", 37, "شكرًا ميساكي، الصور جميلة. سأمرّ بعد الظهر ومعي بذور الكوسا."],
  ["wren", 30, "Both weeks suit me.\n\nIs the tap key still with Nadezhda?"],
  ["nadezhda", 28, "It hangs in the shed, second hook from the left. Somebody tied a red ribbon to it so that it can't get lost again."],
  ["tomas", 12, "Rota for the summer. Wren, you have the first week of July."],
  ["priya", 6, "I can do the second one. Does anybody have spare netting? The pigeons have found the brassicas."],
];

/** A fresh world: users, conversations, invitations. */
export function seed() {
  const users = new Map();
  const conversations = new Map();
  const byName = {};
  for (const [username, displayName, role, online] of PEOPLE) {
    const id = `u-${username}`;
    const lastSeenAt = username === "layla" ? ago(4) : username === "tomas" ? ago(8) : ago(3000);
    byName[username] = { id, username, displayName, role, online: online && username !== "wren", password: "correct horse", disabled: false, lastSeenAt, createdAt: ago(90_000) };
    users.set(id, byName[username]);
  }
  const addConversation = ({ id = randomUUID(), title, isGroup, members, owner }) => {
    const entries = members.map((user) => [user, { memberRole: user === owner ? "owner" : "member", joinedAt: ago(9_000), lastReadAt: null, lastReadSeq: 0 }]);
    const c = { id, title, isGroup, members: new Map(entries), messages: [], createdAt: ago(90_000) };
    conversations.set(id, c);
    return c;
  };
  const say = (c, username, minutes, content) => {
    const { id, displayName } = byName[username];
    const at = ago(minutes);
    c.messages.push({ id: randomUUID(), seq: c.messages.length + 1, conversationId: c.id, senderId: id, sender: { id, username, displayName, name: displayName }, content, messageType: "text", attachments: [], createdAt: at, updatedAt: at });
  };
  const everyone = addConversation({ id: "everyone", title: "Everyone", isGroup: true, members: [...users.keys()], owner: "u-wren" });
  say(everyone, "jiri", 5_000, "Welcome to the new server.");
  const allotment = addConversation({ id: "allotment", title: "Allotment 14", isGroup: true, members: [...users.keys()].slice(0, 9), owner: "u-wren" });
  for (let i = 0; i < 180; i += 1) say(allotment, PEOPLE[(i * i) % 7][0], 20_000 - i * 90, `Line ${i + 1} of the old days. ${"Beans, peas and rain. ".repeat(1 + (i % 4))}`);
  for (const [who, minutes, text] of PAGE) say(allotment, who, minutes, text);
  const direct = (who, unread, ...lines) => {
    const c = addConversation({ id: `d-${who}`, title: null, isGroup: false, members: ["u-wren", `u-${who}`], owner: "u-wren" });
    for (const [from, minutes, text] of lines) say(c, from, minutes, text);
    read(c, unread);
  };
  const read = (c, unread, others = 0) => {
    for (const [id, member] of c.members) member.lastReadSeq = Math.max(0, c.messages.length - (id === "u-wren" ? unread : others));
  };
  read(everyone, 0);
  read(allotment, 2, 3);
  direct("layla", 2, ["wren", 190, "Did the seeds arrive?"], ["layla", 21, "نعم، وصلت هذا الصباح"], ["layla", 20, "وصلت البذور، سأحضرها معي اليوم"]);
  direct("misaki", 0, ["misaki", 70, "写真、ありがとうございました。"]);
  direct("tomas", 0, ["tomas", 95, "The van is free on Saturday."]);
  direct("oluwaseun", 0, ["oluwaseun", 1_500, "Where is the key?"], ["wren", 1_490, "The key is under the second pot."]);
  direct("nadezhda", 0, ["nadezhda", 4_000, "Sounds right. I will bring the long ladder."]);
  direct("seoyeon", 0, ["seoyeon", 4_300, "내일 세 시 괜찮아요"]);
  direct("amara", 0);
  const rota = addConversation({ title: "Workshop rota", isGroup: true, members: ["u-wren", "u-jiri", "u-priya"], owner: "u-jiri" });
  for (let i = 0; i < 7; i += 1) say(rota, "priya", 60 - i, i === 6 ? "Wren, can you open on Saturday?" : `Slot ${i + 1} is taken.`);
  read(rota, 7);
  const family = addConversation({ title: "Family, all of us", isGroup: true, members: ["u-wren", "u-amara", "u-seoyeon"], owner: "u-wren" });
  for (const text of ["Con về chủ nhật nhé", "Mang theo áo ấm", "Trời lạnh lắm", "Ba: Con về chủ nhật nhé"]) say(family, "amara", 2_000, text);
  read(family, 4);
  return { users, conversations, invites: [], setup: true, addConversation, everyone: () => everyone };
}

function ago(minutes) {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}
