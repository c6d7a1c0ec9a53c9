// Who and what the screenshots show: people of many languages around an allotment, on a Thursday in June.
import { PASSWORD } from "../js/lib/server.mjs";
import { connect } from "../js/lib/socket.mjs";
import { sendFiles, uploadFiles } from "./people.mjs";

/** The hour of the screenshots, where these people live. */
export const NOW = "2026-06-11T10:12:00+02:00";
export const ZONE = "Europe/Prague";

const NAMES = {
  wren: "Wren Calloway", amara: "Amara Okafor", jiri: "Jiří Novák", misaki: "佐藤 美咲", layla: "ليلى حداد",
  tomas: "Tomás Ferreira", priya: "Priya Raman", nadezhda: "Nadezhda Kowalczyk-Brandt", seoyeon: "김서연",
};
/** The accounts of the server, the first of them its administrator. */
export const USERS = Object.keys(NAMES);

const CRON = "It does now. I moved the hose, and the sensor runs from `cron` every ten minutes:\n```sh\n# tipping bucket on pin 17, 0.2 mm a tip\n*/10 * * * *  pi  /opt/gauge/read --pin 17 >> /var/log/rain.csv\n```";
const RAIN = "雨量計の写真です。 The gauge reads a little high when the wind is from the east, and rain runs off the shed roof into it.";

/** What was said, in the order of the days: the room, the day and the hour, who, the words. */
const SAID = [
  ["seeds", "06-05 16:10", "tomas", "Anyone short of borage? I have a whole tray."],
  ["seoyeon", "06-06 17:30", "seoyeon", "내일 세 시 괜찮아요"],
  ["notices", "06-07 07:51", "layla", "اشتريت مقياس المطر، rain gauge بلاستيك هذه المرة."],
  ["nadezhda", "06-08 19:02", "nadezhda", "Sounds right. I will bring the long ladder."],
  ["family", "06-09 18:44", "nadezhda", "Con về chủ nhật nhé"],
  ["lab", "06-10 18:20", "wren", "If the rain gauge is on pin 17 then the soil probe has to move to 27. I will write it on the lid."],
  ["notices", "06-11 06:00", "jiri", "11.4 mm since midnight"],
  ["lab", "06-11 08:36", "jiri", "disk one is out"],
  ["lab", "06-11 08:38", "jiri", "resilvering"],
  ["lab", "06-11 08:40", "jiri", "disk two is back"],
  ["allotment", "06-11 08:52", "amara", "Morning all. The new gauge logged 11.4 mm overnight, and the barrel by the east fence is full for the first time since April."],
  ["allotment", "06-11 08:54", "amara", "Can somebody check that the overflow runs into the pond and not across the path?"],
  ["allotment", "06-11 09:05", "jiri", CRON],
  ["allotment", "06-11 09:12", "wren", "Perfect. I will plot the file on Sunday; ten minutes is plenty for a slow leak."],
  ["tomas", "06-11 09:15", "tomas", "I have two spare pallets if anybody needs them"],
  ["misaki", "06-11 09:20", "misaki", RAIN],
  ["misaki", "06-11 09:32", "misaki", "写真、ありがとうございました。"],
  ["allotment", "06-11 09:38", "misaki", "東側の樽は満水です。苗は嵐を乗り越えました。 The seedlings came through the storm."],
  ["allotment", "06-11 09:40", "layla", "شكرًا ميساكي، الصور جميلة. سأمرّ بعد الظهر ومعي بذور الكوسا."],
  ["workshop", "06-11 09:44", "tomas", "The lathe is free on Saturday."],
  ["workshop", "06-11 09:46", "priya", "@wren can you open the door at ten?"],
  ["layla", "06-11 09:58", "layla", "وصلت البذور، سأحضرها معي اليوم"],
  ["allotment", "06-11 10:02", "tomas", "Rota for the summer. @wren, you have the first week of July."],
  ["allotment", "06-11 10:07", "priya", "I can take the second one. Somebody should tell the courgettes."],
];

/** The rooms, by the names they have here. */
const ROOMS = {
  seeds: { title: "Seed exchange", members: ["tomas", "priya"] },
  seoyeon: { members: ["seoyeon"] },
  notices: { title: "Gauge notices", members: ["jiri", "layla"] },
  nadezhda: { members: ["nadezhda"] },
  family: { title: "Family, all of us", members: ["nadezhda", "seoyeon"] },
  lab: { title: "Home lab", members: ["jiri"] },
  allotment: { title: "Allotment 14", members: USERS.slice(1) },
  tomas: { members: ["tomas"] },
  misaki: { members: ["misaki"] },
  workshop: { title: "Workshop rota", members: ["priya", "tomas"] },
  layla: { members: ["layla"] },
  plot: { title: "The plot in June", members: ["amara", "jiri", "misaki", "tomas"] },
};

/**
 * Brings them in and lets them talk. `paint` paints a picture by its name. Resolves to who is there (`people`), the ids of
 * the rooms, `and what is to be done to the whole.
 */
export async function plant(server, paint) {
  const told = new Map();
  const people = {};
  for (const name of USERS) {
    people[name] = await server.signIn(name, PASSWORD);
    await people[name].api("PATCH", "/api/auth/me", { displayName: NAMES[name] });
  }
  const { wren } = people;
  const rooms = {};
  const open = async (name) => {
    const { title, members } = ROOMS[name];
    const made = await wren.api("POST", "/api/conversations", title ? { title, isGroup: true, members } : { isGroup: false, members });
    rooms[name] = made.body.id;
  };
  const hold = (at, { createdAt }) => told.set(createdAt, new Date(`2026-${at.replace(" ", "T")}:00+02:00`).toISOString());
  const read = async (who, room) => {
    const { lastSeq } = (await people[who].api("GET", `/api/conversations/${rooms[room]}`)).body;
    await people[who].api("POST", `/api/conversations/${rooms[room]}/read`, { seq: lastSeq });
  };

  await open("plot");
  const shows = async (at, who, content, files) => hold(at, await sendFiles(server, people[who], rooms.plot, content, files));
  hold("06-11 07:40", (await people.amara.api("POST", "/api/messages/realtime", { conversationId: rooms.plot, content: "Here is how it looks this morning." })).body);
  await shows("06-11 07:41", "amara", "", [paint("beds")]);
  await shows("06-11 07:55", "misaki", "東側の樽は満水です。写真を三枚送りますね。 The seedlings came through the storm.", ["pond", "barrel", "tomatoes"].map((name) => paint(name)));
  hold("06-11 08:02", (await wren.api("POST", "/api/messages/realtime", { conversationId: rooms.plot, content: "What a difference to last week!" })).body);
  for (const who of ["amara", "jiri"]) await read(who, "plot");
  const paper = { name: "Watering rota, June to August.pdf", mimeType: "application/pdf", buffer: Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(253_000, 32)]) };
  await shows("06-11 08:20", "tomas", "Rota for the summer. Wren, you have the first week of July.", [paper]);
  await shows("06-11 08:31", "jiri", "", ["beds", "tomatoes", "pond", "barrel", "group"].map((name) => paint(name, `gauge-${name}.jpg`)));
  for (const [room, at, who, content] of SAID) {
    if (!(room in rooms)) await open(room);
    // What Wren has read by now.
    if (at === "06-11 10:02") for (const each of ["wren", "amara", "jiri", "misaki", "priya"]) await read(each, "allotment");
    hold(at, (await people[who].api("POST", "/api/messages/realtime", { conversationId: rooms[room], content })).body);
  }
  for (const room of ["plot", "seeds", "seoyeon", "nadezhda", "notices", "tomas"]) await read("wren", room);
  const rota = { seq: (await wren.api("GET", `/api/conversations/${rooms.allotment}`)).body.lastSeq - 1 };
  await wren.api("PATCH", `/api/conversations/${rooms.allotment}/settings`, { pinned: true });
  await wren.api("PATCH", `/api/conversations/${rooms.lab}/settings`, { muted: true });
  await wren.api("PUT", `/api/conversations/${rooms.tomas}/draft`, { content: "Yes please, I can fetch them" });
  for (const who of ["amara", "jiri"]) {
    const [fileId] = await uploadFiles(server, people[who], [paint(who)]);
    await people[who].api("PUT", "/api/auth/me/avatar", { fileId });
  }
  const everyone = (await wren.api("GET", "/api/conversations")).body.conversations?.find((room) => room.lastMessage === null);
  if (everyone) told.set(everyone.updatedAt, "2026-06-01T09:00:00.000Z");

  const here = {};
  for (const who of ["amara", "jiri", "misaki", "priya"]) here[who] = await connect(server, people[who].token);
  let typing;
  return {
    people,
    rooms,
    /** What the server tells the pages of this context happened when it happened here, and not when the server was filled. */
    async tell(context) {
      await context.route(/\/api\/(conversations|search)/, async (route) => {
        if (route.request().method() !== "GET") return route.continue();
        const answer = await route.fetch();
        let text = await answer.text();
        for (const [real, story] of told) text = text.replaceAll(real, story);
        await route.fulfill({ response: answer, body: text });
      });
    },
    /** These people write, until it is called again. */
    writing(room, names = []) {
      clearInterval(typing);
      const go = () => names.forEach((who) => here[who].socket.emit("typing-start", { conversationId: rooms[room] }));
      go();
      typing = setInterval(go, 2_000);
    },
    /** As if nobody had opened anything since: the last two lines are unread again. */
    again: () => wren.api("POST", `/api/conversations/${rooms.allotment}/unread`, rota),
    leave() {
      clearInterval(typing);
      for (const each of Object.values(here)) each.socket.disconnect();
    },
  };
}
