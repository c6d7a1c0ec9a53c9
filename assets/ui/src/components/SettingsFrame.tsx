/** The frame of the settings pages: head with the way back, and sections along the margin rule. */

import type { ComponentChildren } from "preact";
import { t } from "../lib/text";
import { session } from "../hooks/useAccount";
import { ConnectionStrip } from "./ConnectionStrip";
import { Icon } from "./Icon";
import "../styles/settings.css";

/** `current` is the page one is on. */
export function SettingsFrame(props: { title: string; current: "settings" | "people"; children: ComponentChildren }) {
  const admin = session.value.user?.role === "admin";
  const link = (page: "settings" | "people", words: string) => (
    <a href={`/${page}`} aria-current={props.current === page ? "page" : undefined}>
      {words}
    </a>
  );
  return (
    <main class="main" aria-label={props.title}>
      <header class="head settings-grid">
        <div class="head-lead">
          <a class="icon-button" href="/" aria-label={t("list.back")} title={t("list.back")}>
            <Icon name="back" mirror />
          </a>
        </div>
        <h1>{props.title}</h1>
      </header>
      <ConnectionStrip />
      <div class="settings-scroll">
        <div class="settings settings-grid">
          <nav aria-label={t("settings.title")}>
            {admin && link("settings", t("settings.you"))}
            {admin && link("people", t("settings.people"))}
          </nav>
          <div class="settings-body">{props.children}</div>
        </div>
      </div>
    </main>
  );
}
