/** Alt and the arrows lead through the list from everywhere: to the next conversation, or with Shift to the next unread one. */

import { useLocation } from "preact-iso";
import { useCallback } from "preact/hooks";
import { useShortcut } from "./useKeys";
import { nextRoom } from "./useSections";

/** `openId` is the conversation one goes on from. */
export function useRoomKeys(openId: string | null): void {
  const { route } = useLocation();
  const go = (step: 1 | -1, unread: boolean) =>
    useCallback(() => {
      const id = nextRoom(openId, step, unread);
      if (id !== undefined) route(`/conversations/${id}`);
    }, [openId]);
  useShortcut("roomNext", go(1, false));
  useShortcut("roomBefore", go(-1, false));
  useShortcut("unreadNext", go(1, true));
  useShortcut("unreadBefore", go(-1, true));
}
