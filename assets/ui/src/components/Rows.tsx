/** The rows of the list, of which only those near the window are drawn. One of them is a stop for Tab; arrows lead on. */

import { useLocation } from "preact-iso";
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Conversation } from "../lib/wire";
import type { Anchor } from "../hooks/useFloat";
import { useHold, useSections } from "../hooks/useSections";
import { useRowWindow } from "../hooks/useRowWindow";
import { ConversationRow } from "./ConversationRow";
import { RoomMenu } from "./RoomMenu";

/** `onUp`: the arrow above the first row; `onNearEnd`: more is wanted; `children` stand below the rows. */
export function Rows(props: { currentId: string | null; onUp(): void; onNearEnd(): void; children: ComponentChildren }) {
  const { currentId } = props;
  const { route } = useLocation();
  const { held, holds } = useHold();
  const [focused, setFocused] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ room: Conversation; anchor: Anchor } | null>(null);
  const openMenu = useCallback((room: Conversation, anchor: Anchor) => setMenu({ room, anchor }), []);
  const sections = useSections(currentId, held || menu !== null);
  const list = useRowWindow(sections, focused);
  const rooms = list.items.filter((item) => item.room !== null);
  const wanted = useRef<string | null>(null);
  const stops = list.near.flatMap((item) => (item.room ? item.key : []));
  const stop = [focused, currentId].find((id) => id !== null && stops.includes(id)) ?? stops[0];
  const focus = (key: string | undefined) => {
    if (key === undefined) return;
    list.reveal(key);
    wanted.current = key;
    setFocused(key);
  };
  useFollow(rooms.map((item) => item.key), focused, focus);
  useLayoutEffect(() => {
    const row = wanted.current === null ? null : list.scroller.current?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(wanted.current)}"]`);
    if (row) (row.focus({ preventScroll: true }), (wanted.current = null));
  });
  const onKey = (event: KeyboardEvent) => {
    const at = rooms.findIndex((item) => item.key === focused);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rooms.length - 1 }[event.key];
    if (to === undefined || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (to < 0) props.onUp();
    else focus(rooms[to]?.key);
  };
  return (
    <div
      class="rows"
      ref={list.scroller}
      {...holds}
      onScroll={({ currentTarget: box }) => {
        list.onScroll();
        if (box.scrollHeight - box.scrollTop - box.clientHeight < 800) props.onNearEnd();
      }}
      onKeyDown={(event) => (holds["onKeyDown"]?.(event), onKey(event))}
      onFocusIn={({ target }) => setFocused((target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset["key"] ?? null)}
      onFocusOut={({ relatedTarget, currentTarget }) => !currentTarget.contains(relatedTarget as Node | null) && relatedTarget !== null && setFocused(null)}
    >
      <i class="row-probe" aria-hidden="true" />
      <i class="row-probe for-head" aria-hidden="true" />
      <div class="rows-all" style={{ height: list.height }}>
        {list.near.map((item) => (
          <div key={item.key} class="row-place" data-key={item.key} style={{ top: item.top }}>
            {item.room === null ? (
              <h2 class="rows-head">{item.words}</h2>
            ) : (
              <ConversationRow room={item.room} current={item.key === currentId} stop={item.key === stop} onMenu={openMenu} />
            )}
          </div>
        ))}
      </div>
      {props.children}
      {menu && (
        <RoomMenu
          room={menu.room}
          open={menu.room.id === currentId}
          anchor={menu.anchor}
          onAbout={() => route(`/conversations/${menu.room.id}/about`)}
          onClose={() => setMenu(null)}
        />
      )}
    </div>
  );
}

/** A row that goes while it has the focus leaves it to the one that takes its place. */
function useFollow(keys: readonly string[], focused: string | null, focus: (key: string | undefined) => void): void {
  const before = useRef<readonly string[]>([]);
  useLayoutEffect(() => {
    const was = focused === null ? -1 : before.current.indexOf(focused);
    before.current = keys;
    if (was >= 0 && focused !== null && !keys.includes(focused)) focus(keys[Math.min(was, keys.length - 1)]);
  });
}
