/** The window's title and icon: what is unread, who wants one, where one is. */

import { useEffect } from "preact/hooks";
import { faviconOf } from "../lib/favicon";
import { t } from "../lib/text";
import { standingMentions, standingUnread } from "../state/standing";

/** The icon's own address, before anything was new. */
let plain: string | null = null;

/** Keeps title and icon while mounted; `place` may be empty. */
export function useTitle(place: string): void {
  const unread = standingUnread.value;
  const mentions = standingMentions.value;
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${place === "" ? "" : `${place} · `}${t("app.name")}`;
  }, [unread, place]);
  useEffect(() => showIcon(unread > 0, mentions), [unread > 0, mentions]);
}

function showIcon(unread: boolean, mentions: number): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link === null) return;
  plain ??= link.getAttribute("href");
  const style = getComputedStyle(document.documentElement);
  const [ink, on] = ["--ink-you", "--ink-on"].map((name) => style.getPropertyValue(name).trim());
  const href = faviconOf({ unread, mentions, ink: ink ?? "", on: on ?? "" }) ?? plain;
  if (href !== null && link.getAttribute("href") !== href) link.setAttribute("href", href);
}
