/** A page with nothing on it but a sentence and what to do next. */

import type { ComponentChildren } from "preact";
import { ConnectionStrip } from "./ConnectionStrip";
import { Mark } from "./Mark";

/** `children` are buttons and links. */
export function EmptyPage(props: { title: string; text?: string; children?: ComponentChildren }) {
  return (
    <main class="main">
      <ConnectionStrip />
      <div class="empty page-grid ruled">
        <div class="empty-mark">
          <Mark size={28} />
        </div>
        <div>
          <h2>{props.title}</h2>
          {props.text && <p>{props.text}</p>}
          <div class="actions">{props.children}</div>
        </div>
      </div>
    </main>
  );
}
