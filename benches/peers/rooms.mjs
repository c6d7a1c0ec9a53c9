// The bare peer: stock socket.io with rooms in memory, nothing checked, nothing stored.
//   node rooms.mjs PORT [--tls KEY CERT]
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { Server } from "socket.io";

const [port, tls, key, cert] = process.argv.slice(2);
const server = tls === "--tls" ? https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }) : http.createServer();
const io = new Server(server, { path: "/api/socketio", serveClient: false, perMessageDeflate: false });
io.on("connection", (socket) => {
  socket.emit("session", { userId: socket.id });
  socket.on("join-conversation", (room, ack) => {
    socket.join(room);
    ack?.({ ok: true });
  });
  socket.on("send-message", (message, ack) => {
    io.to(message.conversationId).emit("new-message", message);
    ack?.(message);
  });
});
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 }, () => console.log(JSON.stringify({ port: server.address().port })));
