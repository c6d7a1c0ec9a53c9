/** A part of the settings that has an address. */

import type { ComponentChildren } from "preact";
import type { TextKey } from "../../lib/text";
import { t } from "../../lib/text";

/** `part` is its name in the address; `aside` stands beside the heading. */
export function Section(props: { part: string; title: TextKey; aside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section id={props.part} aria-labelledby={`${props.part}-title`}>
      <div class="section-head">
        <h2 id={`${props.part}-title`} tabIndex={-1}>
          {t(props.title)}
        </h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}
