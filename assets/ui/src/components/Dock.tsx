/** On a phone: the ways to everything, in reach of the thumb. Elsewhere they stand around the list. */

import { at } from "../lib/base";
import { countText, t } from "../lib/text";
import { session } from "../hooks/useAccount";
import { totalUnread } from "../hooks/useConversations";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";

/** `path` is the present address. */
export function Dock({ path, onNew }: { path: string; onNew(): void }) {
  const { user } = session.value;
  const here = (...paths: string[]) => (paths.some((each) => path === each || (each !== "/" && path.startsWith(each))) ? "page" : undefined);
  const unread = path === "/" ? 0 : totalUnread.value;
  return (
    <nav class="dock" aria-label={t("dock.label")}>
      <a href={at("/")} aria-current={here("/")}>
        <Icon name="pages" />
        <span class="dock-words">{t("list.label")}</span>
        {unread > 0 && (
          <span class="count">
            <span aria-hidden="true">{countText(Math.min(unread, 99))}</span>
            <span class="vh">{t("list.unread", { n: unread })}</span>
          </span>
        )}
      </a>
      <a href={at("/search")} aria-current={here("/search")}>
        <Icon name="search" />
        <span class="dock-words">{t("list.search")}</span>
      </a>
      <button type="button" aria-label={t("list.new")} onClick={onNew}>
        <Icon name="pen" />
        <span class="dock-words">{t("dock.new")}</span>
      </button>
      <a href={at("/settings")} aria-current={here("/settings", "/admin")}>
        {user && <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} />}
        <span class="dock-words">{t("me.settings")}</span>
      </a>
    </nav>
  );
}
