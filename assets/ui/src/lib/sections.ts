/** How the list of conversations is divided and ordered. Pure. */

import type { Conversation } from "./wire";

/** What of the list one looks at. */
export type ListView = "all" | "unread" | "groups" | "people" | "archived";

/** The parts of the list, in their order; `archived` stands alone. */
export type SectionId = "waiting" | "pinned" | "earlier" | "archived";

/** One part of the list. */
export interface Section {
  id: SectionId;
  rooms: readonly Conversation[];
}

/** Whether somebody wants one: a name in a group, or a line to oneself alone. What is muted wants only by name. */
export function isWaiting(room: Conversation): boolean {
  return room.mentions > 0 || (!room.isGroup && room.unread > 0 && !room.muted);
}

/** The sections that are not empty; `rooms` newest first. The open conversation stays in a view that it would leave by being read. */
export function sectionsOf(rooms: readonly Conversation[], view: ListView, openId: string | null): Section[] {
  if (view === "archived") return filled([{ id: "archived", rooms: rooms.filter((room) => room.archived) }]);
  const shown = rooms.filter((room) => !room.archived && fits(room, view, openId));
  // What is pinned stays where one put it, whatever comes.
  const waiting = shown.filter((room) => !room.pinned && isWaiting(room));
  const pinned = shown.filter((room) => room.pinned);
  const earlier = shown.filter((room) => !room.pinned && !isWaiting(room));
  return filled([
    { id: "waiting", rooms: waiting },
    { id: "pinned", rooms: pinned },
    { id: "earlier", rooms: earlier },
  ]);
}

function fits(room: Conversation, view: ListView, openId: string | null): boolean {
  if (view === "unread") return room.unread > 0 || room.id === openId;
  return view === "groups" ? room.isGroup : view === "people" ? !room.isGroup : true;
}

const filled = (sections: Section[]): Section[] => sections.filter((section) => section.rooms.length > 0);

/**
 * The sections in their order from before: what has gone is left out, nothing changes places. What is new stands behind all that
 * precede it, as older parts of the list do when they come; what is newer than all, at the end.
 */
export function inOrderOf(before: readonly Section[], now: readonly Section[], rooms: ReadonlyMap<string, Conversation>): Section[] {
  const placed = new Set(before.flatMap((section) => section.rooms.map((room) => room.id)));
  const ends: Conversation[] = [];
  const kept = before.map(({ id, rooms: old }) => {
    const places = new Map(old.map((room, place) => [room.id, place]));
    const behind = old.map((): Conversation[] => []);
    let last = -1;
    for (const room of now.find((section) => section.id === id)?.rooms ?? []) {
      last = Math.max(last, places.get(room.id) ?? -1);
      if (!placed.has(room.id)) (behind[last] ?? ends).push(room);
    }
    return { id, rooms: old.flatMap((room, place) => [rooms.get(room.id) ?? [], behind[place] ?? []].flat()) };
  });
  for (const { id, rooms: all } of now) if (!before.some((section) => section.id === id)) ends.push(...all.filter((room) => !placed.has(room.id)));
  const last = kept.at(-1);
  if (last === undefined) return [...now];
  return filled([...kept.slice(0, -1), { id: last.id, rooms: [...last.rooms, ...ends] }]);
}

/** The conversation `step` further in the sections, only unread ones if wished; from the end it goes on at the other. */
export function neighbour(sections: readonly Section[], openId: string | null, step: 1 | -1, unread: boolean): Conversation | undefined {
  const all = sections.flatMap((section) => section.rooms);
  const at = all.findIndex((room) => room.id === openId);
  const from = at < 0 && step < 0 ? 0 : at;
  const turned = Array.from({ length: all.length }, (_, i) => all[(from + step * (i + 1) + 2 * all.length) % all.length]);
  return turned.find((room) => room !== undefined && room.id !== openId && (!unread || room.unread > 0));
}
