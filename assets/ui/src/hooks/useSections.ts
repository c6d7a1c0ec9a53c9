/** The list as it is drawn: its sections, in an order that does not move under a pointer or a finger. */

import { signal } from "@preact/signals";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { inOrderOf, neighbour, sectionsOf, type ListView, type Section } from "../lib/sections";
import { sortedConversations } from "../state/conversations";
import { listView } from "./useListView";

export type { Section, SectionId } from "../lib/sections";

const turn = signal(0);

/** One has moved something oneself: the list follows at once, wherever the pointer is. */
export function rearrange(): void {
  turn.value += 1;
}

/** The sections; while `held` everything stays where it is. */
export function useSections(openId: string | null, held: boolean): Section[] {
  const rooms = sortedConversations.value;
  const key = `${listView.value} ${turn.value}`;
  const kept = useRef<{ key: string; sections: Section[] }>({ key: "", sections: [] });
  const fresh = useMemo(() => sectionsOf(rooms, listView.peek(), openId), [rooms, key, openId]);
  const still = held && kept.current.key === key;
  const sections = useMemo(
    () => (still ? inOrderOf(kept.current.sections, fresh, new Map(rooms.map((room) => [room.id, room]))) : fresh),
    [still, fresh],
  );
  kept.current = { key, sections };
  return sections;
}

/** Whether the pointer, a finger or a key is at work in the list; a pointer that only rests there is not. */
export function useHold(): { held: boolean; holds: Record<string, (event: Event) => void> } {
  const REST = 3_000;
  const [held, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const release = useCallback(() => {
    clearTimeout(timer.current);
    setHeld(false);
  }, []);
  const hold = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(release, REST);
    setHeld(true);
  }, []);
  useEffect(() => release, []);
  const holds = useMemo(() => ({ onPointerMove: hold, onPointerDown: hold, onKeyDown: hold, onPointerLeave: release }), []);
  return { held, holds };
}

/** How many are put away. */
export const archivedCount = (): number => sortedConversations.value.filter((room) => room.archived).length;

/** How many a part of the list has. */
export const shownCount = (view: ListView): number =>
  sectionsOf(sortedConversations.value, view, null).reduce((sum, section) => sum + section.rooms.length, 0);

/** The id of the conversation before or after the open one, as the list stands; `unread` looks only for those. */
export function nextRoom(openId: string | null, step: 1 | -1, unread: boolean): string | undefined {
  return neighbour(sectionsOf(sortedConversations.peek(), listView.peek(), openId), openId, step, unread)?.id;
}
