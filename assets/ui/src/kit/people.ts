/** Who and what stands in the kit: people, conversations, lines and files that no server has. */

import type { Line } from "../lib/lines";
import type { Attachment, Conversation, Member, Message, User } from "../lib/wire";

/** Minutes before now, as the wire writes times. */
export const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const person = (id: string, displayName: string, more: Partial<User> = {}): User => ({
  id,
  username: id,
  displayName,
  name: displayName,
  role: "member",
  disabled: false,
  online: false,
  lastSeenAt: ago(9_000),
  createdAt: ago(900_000),
  ...more,
});

/** The one who looks, and others whose names are hard to set. */
export const PEOPLE = {
  wren: person("wren", "Wren Calloway", { role: "admin", online: true }),
  amara: person("amara", "Amara Okafor", { online: true }),
  misaki: person("misaki", "佐藤 美咲", { lastSeenAt: ago(4) }),
  layla: person("layla", "ليلى حداد"),
  nadezhda: person("nadezhda", "Nadezhda Kowalczyk-Brandt", { lastSeenAt: null }),
  robot: person("robot", "🤖"),
};

const member = (user: User): Member => ({ ...user, memberRole: "member", joinedAt: ago(90_000), lastReadAt: null, lastReadSeq: 0 });

/** A line; what is not said is that of a plain stored one of Amara's. */
export function line(more: Partial<Line> & { by?: User }): Line {
  const { by = PEOPLE.amara, ...rest } = more;
  const key = `${rest.content ?? ""}${JSON.stringify(rest.attachments ?? rest.uploads ?? [])}${rest.failed?.code ?? ""}${String(rest.seq)}`;
  return {
    key,
    id: rest.seq === null ? null : key,
    seq: 7,
    senderId: by.id,
    senderName: by.displayName,
    senderAvatar: undefined,
    content: "",
    conversationId: "kit",
    mentions: [],
    attachments: [],
    uploads: [],
    editedAt: null,
    deleted: false,
    at: ago(14),
    clientId: key,
    failed: null,
    ...rest,
  };
}

/** A conversation; what is not said is that of a quiet group of all. */
export function room(id: string, more: Partial<Conversation> & { said?: string; by?: User }): Conversation {
  const { said = "I can take the second week", by = PEOPLE.amara, ...rest } = more;
  const last: Message = {
    id: `${id}-last`,
    seq: 7,
    conversationId: id,
    senderId: by.id,
    sender: by,
    content: said,
    messageType: "text",
    attachments: [],
    createdAt: ago(14),
    updatedAt: ago(14),
    mentions: [],
  };
  return {
    id,
    title: "Allotment 14",
    isGroup: true,
    members: Object.values(PEOPLE).map(member),
    memberCount: Object.keys(PEOPLE).length,
    readOnly: false,
    createdAt: ago(90_000),
    updatedAt: ago(14),
    lastMessage: last,
    lastSeq: 7,
    lastReadSeq: 7,
    unread: 0,
    mentions: 0,
    memberRole: "owner",
    muted: false,
    pinned: false,
    archived: false,
    ...rest,
  };
}

/** A direct conversation with somebody. */
export const direct = (id: string, who: User, more: Parameters<typeof room>[1] = {}): Conversation =>
  room(id, { isGroup: false, title: null, members: [member(PEOPLE.wren), member(who)], memberCount: 2, by: who, ...more });

/** A field with rows, drawn here. */
export function picture(hue: number, width = 900, height = 600): string {
  const rows = [0, 1, 2, 3, 4].map((n) => `<path d="M0 ${330 + n * 50}Q450 ${290 + n * 60} 900 ${330 + n * 50}" stroke="hsl(${hue + 60} 30% ${34 + n * 4}%)" stroke-width="18" fill="none"/>`).join("");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 600" width="${width}" height="${height}" preserveAspectRatio="xMidYMid slice"><rect width="900" height="600" fill="hsl(${hue} 36% 78%)"/><rect y="300" width="900" height="300" fill="hsl(${hue + 50} 22% 48%)"/>${rows}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** A stored file. */
export function file(name: string, more: Partial<Attachment> = {}): Attachment {
  return { id: name, name, mime: "application/pdf", size: 253_000, kind: "file", url: `/api/files/${name}`, thumbnails: [], ...more };
}

/** A stored picture. */
export const photo = (name: string, hue: number, width = 900, height = 600): Attachment =>
  file(name, { mime: "image/jpeg", kind: "image", width, height, url: picture(hue, width, height), thumbnails: [{ url: picture(hue, width, height), width, height }] });
