/** What floats over the page: a dialog in the middle or a sheet at the side. Escape closes it. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../lib/text";
import { Button, IconButton } from "./Button";

/** Open while it is rendered; `onClose` must stop rendering it. */
export function Dialog(props: { title: string; side?: boolean; onClose(): void; children: ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const box = ref.current;
    box?.showModal();
    // Closing it, and not only taking it away, gives the focus back to where it was.
    return () => box?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class={props.side ? "sheet" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => event.target === ref.current && props.onClose()}
    >
      <div class="dialog-page">
        <header>
          <h2 id={id}>{props.title}</h2>
          <IconButton icon="close" label={t("common.close")} onClick={props.onClose} />
        </header>
        <div class="dialog-body">{props.children}</div>
      </div>
    </dialog>
  );
}

/** Asks before something that can't be undone; the focus is on leaving it. */
export function Confirm(props: { title: string; text: string; action: string; onYes(): void; onClose(): void }) {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p class="ask">{props.text}</p>
      <div class="actions">
        <Button
          kind="fault"
          onClick={() => {
            props.onClose();
            props.onYes();
          }}
        >
          {props.action}
        </Button>
        <Button autofocus onClick={props.onClose}>
          {t("common.cancel")}
        </Button>
      </div>
    </Dialog>
  );
}
