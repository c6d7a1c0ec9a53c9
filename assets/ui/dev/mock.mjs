/** A stand-in for the server while developing: the wire contract in memory, with made-up people. */

import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Server } from "socket.io";
import { seed } from "./seed.mjs";

const port = Number(process.env.PORT ?? 3210);
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "dist");
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const db = seed();
const now = () => new Date().toISOString();
const fail = (status, code, more = {}) => ({ status, body: { error: { code, message: code, ...more } } });
const sessions = new Map();
const online = new Map();

const userView = (u) => ({ ...u, name: u.displayName, password: undefined, online: (online.get(u.id) ?? 0) > 0 || u.online });
const sender = ({ id, username, displayName }) => ({ id, username, displayName, name: displayName });
const conversationView = (c, me) => {
  const mine = c.members.get(me) ?? { lastReadSeq: 0, memberRole: "member" };
  const last = c.messages.at(-1);
  return {
    id: c.id, title: c.title, isGroup: c.isGroup, memberCount: c.members.size, createdAt: c.createdAt,
    updatedAt: last?.createdAt ?? c.createdAt, lastMessage: last ?? null, lastSeq: c.messages.length,
    lastReadSeq: mine.lastReadSeq, unread: c.messages.length - mine.lastReadSeq, memberRole: mine.memberRole,
    members: [...c.members].map(([id, m]) => ({ ...userView(db.users.get(id)), ...m })),
  };
};
const store = (c, from, content, clientId) => {
  const known = clientId && c.messages.find((m) => m.clientId === clientId && m.senderId === from.id);
  if (known) return { message: known, fresh: false };
  const message = { id: randomUUID(), seq: c.messages.length + 1, conversationId: c.id, senderId: from.id, sender: sender(from), content, messageType: "text", attachments: [], createdAt: now(), updatedAt: now(), ...(clientId ? { clientId } : {}) };
  c.messages.push(message);
  c.members.get(from.id).lastReadSeq = message.seq;
  return { message, fresh: true };
};
const QR = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M0 0h7v7H0zM22 0h7v7h-7zM0 22h7v7H0z${[...Array(300)].map((_, i) => `M${(i * 7) % 29} ${(i * 13 + 3) % 29}h1v1h-1z`).join("")}"/></svg>`;
const invite = (by, wish) => {
  const code = randomUUID().slice(0, 8);
  const it = { id: randomUUID(), code, link: `http://127.0.0.1:${port}/invite/${code}`, conversationId: wish.conversationId ?? null, createdBy: by, createdAt: now(), expiresAt: new Date(Date.now() + (wish.expiresInHours ?? 168) * 36e5).toISOString(), maxUses: wish.maxUses ?? 10, uses: 0 };
  db.invites.push(it);
  return { ...it, qrSvg: QR };
};
const open = (user) => {
  const token = randomUUID();
  sessions.set(token, { id: randomUUID(), user: user.id, createdAt: now() });
  return { status: 200, cookie: token, body: { token, user: userView(user) } };
};
const addUser = ({ username, displayName, password }, role) => {
  if ([...db.users.values()].some((u) => u.username === username)) return null;
  const u = { id: randomUUID(), username, displayName: displayName ?? username, password, role, disabled: false, online: false, lastSeenAt: null, createdAt: now() };
  db.users.set(u.id, u);
  db.everyone().members.set(u.id, { memberRole: role === "admin" ? "owner" : "member", joinedAt: now(), lastReadAt: null, lastReadSeq: 0 });
  return u;
};

async function api(method, path, q, body, me, token) {
  const is = (pattern) => `${method} ${path}`.match(new RegExp(`^${pattern}$`));
  let m;
  if (is("GET /setup")) return { status: 200, body: { needed: db.setup, valid: q.get("token") === "T", serverName: "rowan" } };
  if (is("POST /setup")) {
    const u = addUser(body, "admin");
    db.setup = false;
    const s = open(u);
    return { ...s, status: 201, body: { ...s.body, conversation: conversationView(db.everyone(), u.id), invite: invite(u.id, {}) } };
  }
  if (is("POST /auth/login")) {
    const u = [...db.users.values()].find((x) => x.username === body.username && x.password === body.password && !x.disabled);
    return u ? open(u) : fail(401, "invalid_credentials");
  }
  if ((m = is("GET /invites/([^/]+)/preview"))) {
    const i = db.invites.find((x) => x.code === m[1]);
    return i ? { status: 200, body: { serverName: "rowan", invitedBy: db.users.get(i.createdBy).displayName, conversationTitle: i.conversationId ? db.conversations.get(i.conversationId).title : null, expiresAt: i.expiresAt } } : fail(410, "invite_invalid");
  }
  if ((m = is("POST /invites/([^/]+)/accept"))) {
    const u = addUser(body, "member");
    if (!u) return fail(409, "username_taken", { field: "username" });
    const s = open(u);
    return { ...s, status: 201, body: { ...s.body, conversation: conversationView(db.everyone(), u.id) } };
  }
  if (!me) return fail(401, "unauthorized");
  if (is("GET /auth/me")) return { status: 200, body: { user: userView(me), serverName: "rowan", sessionId: "s" } };
  if (is("PATCH /auth/me")) return (me.displayName = body.displayName), { status: 200, body: { user: userView(me) } };
  if (is("POST /auth/logout")) return sessions.delete(token), { status: 204 };
  if (is("POST /auth/password")) return body.currentPassword === me.password ? { status: 204 } : fail(401, "invalid_credentials", { field: "currentPassword" });
  if (is("GET /auth/sessions")) return { status: 200, body: { sessions: [{ id: "a", current: true, createdAt: now(), lastUsedAt: now(), userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", address: "192.168.1.20" }, { id: "b", current: false, createdAt: now(), lastUsedAt: new Date(Date.now() - 72e5).toISOString(), userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1", address: "192.168.1.31" }] } };
  if (is("DELETE /auth/sessions.*")) return { status: 204 };
  if (is("GET /invites")) return { status: 200, body: { invites: db.invites } };
  if (is("POST /invites")) return { status: 201, body: invite(me.id, body) };
  if ((m = is("DELETE /invites/([^/]+)"))) return (db.invites = db.invites.filter((i) => i.id !== m[1])), { status: 204 };
  if (is("GET /users")) {
    const wanted = (q.get("q") ?? "").toLowerCase();
    return { status: 200, body: { users: [...db.users.values()].filter((u) => `${u.username} ${u.displayName}`.toLowerCase().split(/[\s.]/).some((w) => w.startsWith(wanted))).map(userView) } };
  }
  if ((m = is("PATCH /users/([^/]+)"))) return Object.assign(db.users.get(m[1]), body), { status: 200, body: { user: userView(db.users.get(m[1])) } };
  if (is("POST /users/[^/]+/password")) return { status: 204 };
  if (is("GET /conversations")) return { status: 200, body: { conversations: [...db.conversations.values()].filter((c) => c.members.has(me.id)).map((c) => conversationView(c, me.id)).sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)), next: null } };
  if (is("POST /conversations")) {
    const ids = [me.id, ...body.members.map((n) => [...db.users.values()].find((u) => u.username === n).id)];
    const old = !body.isGroup && [...db.conversations.values()].find((c) => !c.isGroup && ids.every((id) => c.members.has(id)));
    const c = old || db.addConversation({ title: body.title ?? null, isGroup: body.isGroup, members: ids, owner: me.id });
    return { status: old ? 200 : 201, body: conversationView(c, me.id) };
  }
  if ((m = is("(\\w+) /conversations/([^/]+)(/.*)?"))) {
    const c = db.conversations.get(m[2]);
    if (!c?.members.has(me.id)) return fail(404, "not_found");
    return inConversation(method, m[3] ?? "", q, body, me, c);
  }
  return fail(404, "not_found");
}

function inConversation(method, path, q, body, me, c) {
  if (path === "/messages") {
    const all = c.messages;
    const limit = Number(q.get("limit") ?? 50);
    let from = Math.max(0, all.length - limit);
    let to = all.length;
    if (q.has("before")) [from, to] = [Math.max(0, Number(q.get("before")) - 1 - limit), Number(q.get("before")) - 1];
    if (q.has("after")) [from, to] = [Number(q.get("after")), Number(q.get("after")) + limit];
    if (q.has("around")) [from, to] = [Math.max(0, Number(q.get("around")) - 1 - limit / 2), Number(q.get("around")) + limit / 2];
    const messages = all.slice(from, to);
    return { status: 200, body: { messages, before: from > 0 ? String(from + 1) : null, after: to < all.length ? String(to) : null } };
  }
  if (method === "PATCH" && path === "") c.title = body.title;
  if (method === "POST" && path === "/members") for (const n of body.members) c.members.set([...db.users.values()].find((u) => u.username === n).id, { memberRole: "member", joinedAt: now(), lastReadAt: null, lastReadSeq: 0 });
  const member = path.match(/^\/members\/(.+)$/);
  if (member && method === "DELETE") {
    c.members.delete(member[1]);
    for (const s of io.sockets.sockets.values()) if (s.data.user.id === member[1]) s.emit("conversation-removed", { conversationId: c.id, reason: "removed" }, "e:1");
    return { status: 204 };
  }
  if (member && method === "PATCH") c.members.get(member[1]).memberRole = body.role;
  if (path.startsWith("/members")) return { status: 200, body: { members: [], next: null } };
  return { status: 200, body: conversationView(c, me.id) };
}

const userOf = (cookie) => {
  const token = /inkspot=([^;]+)/.exec(cookie ?? "")?.[1];
  const s = sessions.get(token);
  return { token, me: s && db.users.get(s.user) };
};
const TYPES = { js: "text/javascript", css: "text/css", svg: "image/svg+xml", html: "text/html; charset=utf-8" };

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://x");
  if (url.pathname.startsWith("/api/")) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { token, me } = userOf(request.headers.cookie);
    const text = Buffer.concat(chunks).toString();
    const answer = await api(request.method, url.pathname.slice(4), url.searchParams, text ? JSON.parse(text) : {}, me, token).catch((e) => (console.error(e), fail(500, "internal")));
    const headers = { "content-type": "application/json", "cache-control": "no-store" };
    if (answer.cookie) headers["set-cookie"] = `inkspot=${answer.cookie}; Path=/; HttpOnly; SameSite=Lax`;
    response.writeHead(answer.status, headers).end(answer.body ? JSON.stringify(answer.body) : undefined);
    return;
  }
  const name = existsSync(join(dist, `${url.pathname}.br`)) ? url.pathname : "/index.html";
  response.writeHead(200, { "content-type": TYPES[name.split(".").at(-1)], "content-encoding": "br", "content-security-policy": CSP });
  response.end(readFileSync(join(dist, `${name}.br`)));
});

export const io = new Server(server, { path: "/api/socketio", connectionStateRecovery: { maxDisconnectionDuration: 10_000 } });
io.use((socket, next) => {
  const { me } = userOf(socket.handshake.headers.cookie);
  if (!me) return next(Object.assign(new Error("unauthorized"), { data: { code: "unauthorized" } }));
  socket.data.user = me;
  next();
});
const toMembers = (c, event, data) => {
  for (const s of io.sockets.sockets.values()) if (c.members.has(s.data.user.id)) s.emit(event, data, "e:1");
};
const updated = (c, reason) => {
  const v = conversationView(c, "");
  toMembers(c, "conversation-updated", { conversationId: c.id, title: c.title, isGroup: c.isGroup, lastSeq: v.lastSeq, lastMessage: v.lastMessage, updatedAt: v.updatedAt, memberCount: v.memberCount, reason });
};
io.on("connection", (socket) => {
  const me = socket.data.user;
  online.set(me.id, (online.get(me.id) ?? 0) + 1);
  const status = (on) => socket.broadcast.emit("user-status", { userId: me.id, status: on ? "online" : "offline", isOnline: on, lastSeen: on ? null : now() });
  status(true);
  socket.on("disconnect", () => {
    online.set(me.id, online.get(me.id) - 1);
    me.lastSeenAt = now();
    if (online.get(me.id) === 0) status(false);
  });
  socket.emit("session", { userId: me.id, username: me.username, serverName: "rowan", recovered: socket.recovered, head: "e:1" }, "e:1");
  socket.on("join-conversation", (id, ack) => (socket.join(id), ack?.({ ok: true })));
  socket.on("leave-conversation", (id, ack) => (socket.leave(id), ack?.({ ok: true })));
  socket.on("send-message", (data, ack) => {
    const c = db.conversations.get(data.conversationId);
    if (data.content.includes("#refuse")) return ack?.({ error: "Refused for testing.", code: "too_long", limit: 8000, clientId: data.clientId });
    if (data.content.includes("#silent")) return;
    if (!c?.members.has(me.id)) return ack?.({ error: "not found", code: "not_found", clientId: data.clientId });
    const { message, fresh } = store(c, me, data.content, data.clientId);
    if (fresh) {
      io.to(c.id).emit("new-message", message, "e:1");
      updated(c, "message");
    }
    socket.emit("message-sent", message);
    ack?.(message);
  });
  const typing = (event) => (data) => socket.to(data.conversationId).emit(event, { conversationId: data.conversationId, userId: me.id, userName: me.displayName });
  socket.on("typing-start", typing("user-typing"));
  socket.on("typing-stop", typing("user-stop-typing"));
  socket.on("mark-message-read", ({ conversationId, messageId }, ack) => {
    const c = db.conversations.get(conversationId);
    const seq = c.messages.find((m) => m.id === messageId)?.seq ?? 0;
    const mine = c.members.get(me.id);
    mine.lastReadSeq = Math.max(mine.lastReadSeq, seq);
    io.to(c.id).emit("message-read", { conversationId, messageId, userId: me.id, readAt: now(), seq }, "e:1");
    ack?.({ ok: true });
  });
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
