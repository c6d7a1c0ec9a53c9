/** The foot of the list: who one is, how the connection is, and the way to the settings. */

import { at } from "../lib/base";
import { t } from "../lib/text";
import type { User } from "../lib/wire";
import { session } from "../hooks/useAccount";
import { useLink, type LinkView } from "../hooks/useLink";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";

/** One line of status, always there, said aloud when it changes. */
export function MeBar() {
  const { user, serverName } = session.value;
  const link = useLink();
  return user && <Me user={user} serverName={serverName} link={link} />;
}

/** The same as the connection stands. */
export function Me({ user, serverName, link }: { user: User; serverName: string; link: LinkView }) {
  const lost = link.kind !== "quiet";
  const words = link.connected
    ? t(link.writable ? "me.connected" : "me.readOnly", { server: serverName || location.host })
    : t(link.kind === "quiet" ? "me.connecting" : link.kind === "short" ? "me.reconnecting" : "me.offline");
  return (
    <footer class="me">
      <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} presence={link.connected ? "here" : lost ? "away" : "gone"} />
      <div class="me-words">
        <b>{user.displayName}</b>
        <span class="status" role="status">
          {lost && <Icon name="offline" small />}
          <bdi>{words}</bdi>
        </span>
      </div>
      <a class="icon-button" href={at("/settings")} aria-label={t("me.settings")} title={t("me.settings")}>
        <Icon name="gear" />
      </a>
    </footer>
  );
}
