/** The strip under the header while there is no connection, or the server takes nothing new: what happens next. */

import { at } from "../lib/base";
import { clock } from "../lib/time";
import { t } from "../lib/text";
import { session } from "../hooks/useAccount";
import { helpers } from "../hooks/useHelpers";
import { tryNow, useLink, type LinkView } from "../hooks/useLink";
import { Button } from "./Button";
import { Icon } from "./Icon";

/** Nothing for the first 2 s; counts for a minute; then only says since when. */
export function ConnectionStrip() {
  return <Strip link={useLink()} />;
}

/** The strip as the connection stands. */
export function Strip({ link }: { link: LinkView }) {
  if (link.kind === "quiet") return link.writable ? null : <ReadOnlyStrip full={link.full} waiting={link.waiting} />;
  const long = link.kind === "long";
  return (
    <div class={`strip page-grid${long ? "" : " running"}`} role="group" aria-label={t(long ? "me.offline" : "me.reconnecting")}>
      <div class="strip-icon">
        <Icon name="offline" />
      </div>
      <p>
        <b>{long ? t("link.since", { time: clock(link.since) }) : t(link.updating ? "link.updating" : "link.lost")}</b>{" "}
        {!long && !link.updating && <span class="num">{link.nextIn > 0 ? t("link.next", { n: link.nextIn }) : t("link.trying")}</span>}{" "}
        {link.waiting > 0 && t(long ? "link.waitingLong" : "link.waiting", { n: link.waiting })}
      </p>
      <div class="strip-actions">
        {long && (
          <a class="button" href={at("/doctor")}>
            {t("link.doctor")}
          </a>
        )}
        <Button onClick={tryNow}>{t("link.now")}</Button>
      </div>
    </div>
  );
}

/** The server takes nothing new, mostly because its disk is `full`: reading goes on, what is written waits, and somebody can help. */
function ReadOnlyStrip({ full, waiting }: { full: boolean; waiting: number }) {
  const admin = session.value.user?.role === "admin";
  const names = helpers();
  const title = t(full ? "link.full" : "link.readOnly");
  return (
    <div class="strip page-grid" role="group" aria-label={title}>
      <div class="strip-icon">
        <Icon name="alert" />
      </div>
      <p>
        <b>{title}</b> {t("link.fullMeans")} {!admin && (names === "" ? t("link.fullAny") : t("link.fullHelp", { names }))}{" "}
        {waiting > 0 && t("link.waiting", { n: waiting })}
      </p>
      {admin && (
        <a class="button" href={at("/admin/storage")}>
          {t("link.fullRoom")}
        </a>
      )}
    </div>
  );
}
