/** The frame of settings and administration: head with the way back, parts in the margin, sections along the rule. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { at } from "../lib/base";
import { isCalm } from "../lib/motion";
import { t, type TextKey } from "../lib/text";
import { ConnectionStrip } from "./ConnectionStrip";
import { Icon } from "./Icon";
import "../styles/parts.css";
import "../styles/settings.css";

/** A part that has an address. */
export interface Place {
  href: string;
  label: TextKey;
}

/** `current` is the address of the part one is at; `more` leads elsewhere; `shown` hears what is scrolled to. */
export function SettingsFrame(props: {
  title: string;
  places: readonly Place[];
  more?: readonly Place[];
  current: string;
  children: ComponentChildren;
}) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>("[aria-current]");
    // The row of parts on a phone; a desk has all of them in view.
    if (link && nav.current) nav.current.scrollTo({ left: link.offsetLeft - nav.current.clientWidth / 2 + link.offsetWidth / 2, behavior: isCalm() ? "instant" : "smooth" });
  }, [props.current]);
  return (
    <main class="main" aria-label={props.title}>
      <header class="head settings-grid">
        <div class="head-lead">
          <a class="icon-button" href={at("/")} aria-label={t("list.back")} title={t("list.back")}>
            <Icon name="back" mirror />
          </a>
        </div>
        <h1>{props.title}</h1>
      </header>
      <ConnectionStrip />
      <div class="settings-scroll">
        <div class="settings settings-grid">
          <nav aria-label={t("settings.parts")} ref={nav}>
            {props.places.map((place) => (
              <a key={place.href} href={at(place.href)} aria-current={place.href === props.current ? "page" : undefined}>
                {t(place.label)}
              </a>
            ))}
            {props.more?.map((place) => (
              <a key={place.href} href={at(place.href)} class="elsewhere">
                {t(place.label)}
              </a>
            ))}
          </nav>
          <div class="settings-body">{props.children}</div>
        </div>
      </div>
    </main>
  );
}
