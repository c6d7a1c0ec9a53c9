/** The strip under the header while there is no connection: what happens next, and "Try now". */

import { at } from "../lib/base";
import { clock } from "../lib/time";
import { t } from "../lib/text";
import { tryNow, useLink } from "../hooks/useLink";
import { Button } from "./Button";
import { Icon } from "./Icon";

/** Nothing for the first 2 s; counts for a minute; then only says since when. */
export function ConnectionStrip() {
  const link = useLink();
  if (link.kind === "quiet") return null;
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
      {long && (
        <a class="button" href={at("/doctor")}>
          {t("link.doctor")}
        </a>
      )}
      <Button onClick={tryNow}>{t("link.now")}</Button>
    </div>
  );
}
