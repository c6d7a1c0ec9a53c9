// The origin's stack, written fairly: socket.io in front of SQLite, prepared statements, WAL, one
// transaction a message, stored before it is acknowledged or emitted, membership checked on join and send.
//   node origin.mjs PORT DATABASE FULL|NORMAL ROOMS MEMBERS
// makes ROOMS conversations `room-N` with users `user-N-M` (N: room, M: 0 … MEMBERS-1); the token is the user's name.
import { randomUUID } from "node:crypto";
import http from "node:http";
import Database from "better-sqlite3";
import { Server } from "socket.io";

const [port, file, synchronous, rooms, members] = process.argv.slice(2);
const db = new Database(file);
db.pragma("journal_mode = WAL");
db.pragma(`synchronous = ${synchronous}`);
db.exec(`
  CREATE TABLE user (id TEXT PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE conversation (id TEXT PRIMARY KEY, lastSeq INTEGER NOT NULL, updatedAt TEXT NOT NULL);
  CREATE TABLE member (conversationId TEXT, userId TEXT, lastReadSeq INTEGER NOT NULL, PRIMARY KEY (conversationId, userId)) WITHOUT ROWID;
  CREATE TABLE message (id TEXT PRIMARY KEY, conversationId TEXT NOT NULL, seq INTEGER NOT NULL, senderId TEXT NOT NULL,
    content TEXT NOT NULL, messageType TEXT NOT NULL, clientId TEXT, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL);
  CREATE UNIQUE INDEX message_place ON message (conversationId, seq);
  CREATE UNIQUE INDEX message_client ON message (senderId, clientId);
`);
const now = () => new Date().toISOString();
db.transaction(() => {
  for (let room = 0; room < Number(rooms); room++) {
    db.prepare("INSERT INTO conversation VALUES (?, 0, ?)").run(`room-${room}`, now());
    for (let index = 0; index < Number(members); index++) {
      const user = `user-${room}-${index}`;
      db.prepare("INSERT INTO user VALUES (?, ?)").run(user, user);
      db.prepare("INSERT INTO member VALUES (?, ?, 0)").run(`room-${room}`, user);
    }
  }
})();

const findUser = db.prepare("SELECT id, name FROM user WHERE id = ?");
const findMember = db.prepare("SELECT 1 FROM member WHERE conversationId = ? AND userId = ?");
const nextSeq = db.prepare("UPDATE conversation SET lastSeq = lastSeq + 1, updatedAt = ? WHERE id = ? RETURNING lastSeq");
const insert = db.prepare("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
const markRead = db.prepare("UPDATE member SET lastReadSeq = ? WHERE conversationId = ? AND userId = ?");
const findClientId = db.prepare("SELECT * FROM message WHERE senderId = ? AND clientId = ?");

const store = db.transaction((data, sender) => {
  const known = data.clientId && findClientId.get(sender.id, data.clientId);
  if (known) return { ...known, sender, attachments: [] };
  const at = now();
  const { lastSeq: seq } = nextSeq.get(at, data.conversationId);
  const message = {
    id: randomUUID(), seq, conversationId: data.conversationId, senderId: sender.id, content: data.content,
    messageType: data.messageType ?? "text", clientId: data.clientId ?? null, createdAt: at, updatedAt: at,
  };
  insert.run(message.id, message.conversationId, seq, sender.id, message.content, message.messageType, message.clientId, at, at);
  markRead.run(seq, message.conversationId, sender.id);
  return { ...message, sender, attachments: [] };
});

const server = http.createServer();
const io = new Server(server, { path: "/api/socketio", serveClient: false, perMessageDeflate: false });
io.use((socket, next) => {
  socket.data.user = findUser.get(socket.handshake.auth.token ?? "");
  next(socket.data.user ? undefined : new Error("Authentication error"));
});
io.on("connection", (socket) => {
  const { user } = socket.data;
  socket.emit("session", { userId: user.id });
  socket.on("join-conversation", (room, ack) => {
    if (!findMember.get(room, user.id)) return ack?.({ error: "not a member" });
    socket.join(room);
    ack?.({ ok: true });
  });
  socket.on("send-message", (data, ack) => {
    if (typeof data?.content !== "string" || !data.content || data.content.length > 8000 || !findMember.get(data.conversationId, user.id)) {
      socket.emit("message-error", { error: "Failed to send message" });
      return ack?.({ error: "Failed to send message" });
    }
    const message = store(data, user);
    io.to(message.conversationId).emit("new-message", message);
    socket.emit("message-sent", message);
    ack?.(message);
  });
});
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 }, () => console.log(JSON.stringify({ port: server.address().port })));
