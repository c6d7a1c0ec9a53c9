/** The window's title: what is unread, where one is. */

import { useEffect } from "preact/hooks";
import { t } from "../lib/text";
import { totalUnread } from "../state/conversations";

/** Keeps the title while mounted; `place` may be empty. */
export function useTitle(place: string): void {
  const unread = totalUnread.value;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${place === "" ? "" : `${place} · `}${t("app.name")}`;
  }, [unread, place]);
}
