/** Sets messages as lines of a page: days, groups of one author, the divider. Pure. */

import { dayKey } from "./time";
import type { Attachment, Message, Time } from "./wire";

/** A line that is stored, or one that still waits in the send queue. */
export interface Line {
  key: string;
  seq: number | null;
  senderId: string;
  senderName: string;
  senderAvatar: string | undefined;
  content: string;
  conversationId: string;
  /** The ids of the members that it names, and `all`; `null` until it is stored. */
  mentions: readonly string[] | null;
  /** Files that the server has. */
  attachments: readonly Attachment[];
  /** Files that are still on their way, by their ids in the tray. */
  uploads: readonly string[];
  editedAt: Time | null;
  deleted: boolean;
  /** The message's own id; `null` until it is stored. */
  id: string | null;
  /** ISO-8601. */
  at: string;
  clientId: string | null;
  /** Refusal code and the server's words, for lines that failed. */
  failed: { code: string; reason: string } | null;
}

/** One row of the page. */
export type Row =
  | { kind: "day"; key: string; at: string }
  | { kind: "new"; key: string; count: number }
  | { kind: "line"; key: string; line: Line; start: boolean };

/** A few consecutive rows, which stay together while others come and go around them. */
export interface Leaf {
  key: number;
  rows: readonly Row[];
}

/** About so many lines are one leaf: a good deal less than a screen shows. */
const LEAF = 20;

/** Lines of one author this close together stand under one name. */
const GROUP = 5 * 60_000;

const known = new WeakMap<Message, Line>();

/** A stored message as a line. Its key is the `clientId` when it has one, so that it keeps its place. */
export function lineOf(message: Message): Line {
  const line = known.get(message) ?? toLine(message);
  known.set(message, line);
  return line;
}

function toLine(message: Message): Line {
  return {
    key: message.clientId ?? message.id,
    id: message.id,
    seq: message.seq,
    senderId: message.senderId,
    senderName: message.sender.displayName,
    senderAvatar: message.sender.avatarUrl,
    content: message.content,
    conversationId: message.conversationId,
    attachments: message.attachments,
    uploads: [],
    editedAt: message.editedAt ?? null,
    deleted: message.deletedAt !== undefined,
    at: message.createdAt,
    clientId: message.clientId ?? null,
    mentions: message.mentions,
    failed: null,
  };
}

/** Where the divider stands: above the first unread line, with the number of new ones. */
export interface Unread {
  /** The first unread `seq`. */
  from: number;
  /** How many are new when not all of them are loaded; `null` to count the lines that are here. */
  count: number | null;
}

/** Rows in reading order. One's own lines are never new. */
export function rowsOf(lines: readonly Line[], unread: Unread | null, myId: string): Row[] {
  const rows: Row[] = [];
  const fresh = unread === null ? [] : lines.filter((l) => l.seq !== null && l.seq >= unread.from && l.senderId !== myId);
  let previous: Line | undefined;
  let day = "";
  let divided = fresh.length === 0;
  for (const line of lines) {
    const before = day;
    day = dayKey(line.at);
    const newDay = day !== before;
    if (newDay) rows.push({ kind: "day", key: `day ${day}`, at: line.at });
    const divide = !divided && line === fresh[0];
    if (divide) rows.push({ kind: "new", key: "new", count: unread?.count ?? fresh.length });
    divided ||= divide;
    const start = newDay || divide || !sameGroup(previous, line);
    rows.push({ kind: "line", key: line.key, line, start });
    previous = line;
  }
  return rows;
}

/** The rows as leaves: what a line's number says, so that the same lines are on the same leaf whatever else is there. */
export function leavesOf(rows: readonly Row[]): Leaf[] {
  const leaves = new Map<number, Row[]>();
  // A day or the divider is on the leaf of the line below it.
  let above: Row[] = [];
  let seq = 0;
  for (const row of rows) {
    above.push(row);
    if (row.kind !== "line") continue;
    // What waits will most likely be the next line.
    seq = row.line.seq ?? seq + 1;
    const key = Math.floor(seq / LEAF);
    leaves.set(key, [...(leaves.get(key) ?? []), ...above]);
    above = [];
  }
  return [...leaves].map(([key, own]) => ({ key, rows: own }));
}

/** Whether two rows look the same by themselves. */
export function sameRow(a: Row | undefined, b: Row | undefined): boolean {
  if (a === undefined || b === undefined || a.key !== b.key) return a === b;
  if (a.kind === "line" && b.kind === "line") return a.line === b.line && a.start === b.start;
  return a.kind === "new" && b.kind === "new" ? a.count === b.count : a.kind === b.kind;
}

function sameGroup(previous: Line | undefined, line: Line): boolean {
  if (previous === undefined || previous.senderId !== line.senderId) return false;
  return Math.abs(new Date(line.at).getTime() - new Date(previous.at).getTime()) < GROUP;
}
