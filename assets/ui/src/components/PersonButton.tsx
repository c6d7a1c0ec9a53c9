/** A name or a face that opens the card of its person. */

import type { ComponentChildren } from "preact";
import { t } from "../lib/text";
import { showCard } from "../hooks/useUserCard";

/** `children` are drawn as they are; a `face` repeats a name beside it and is no stop of its own. */
export function PersonButton(props: { id: string; name: string; face?: boolean; class?: string; children: ComponentChildren }) {
  return (
    <button
      type="button"
      class={`person-button ${props.class ?? ""}`}
      title={t("card.open", { name: props.name })}
      aria-haspopup="dialog"
      aria-hidden={props.face}
      tabIndex={props.face ? -1 : undefined}
      onClick={(event) => showCard(props.id, event.currentTarget)}
    >
      {props.children}
    </button>
  );
}
