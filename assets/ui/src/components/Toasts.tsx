/** Notices at the foot of the list: what was done, and the way to take it back. They wait while one is on them. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../lib/text";
import { dismissToast, useToasts, type Toast } from "../hooks/useToast";
import { IconButton } from "./Button";
import "../styles/toasts.css";

/** Always mounted, so that what appears in it is said aloud. */
export function Toasts() {
  const box = useRef<HTMLElement>(null);
  const before = useRef<EventTarget | null>(null);
  const { shown, said, hold } = useToasts();
  const newest = shown.at(-1);
  // In the top layer, above a dialog that may be open, and above what was opened since.
  useLayoutEffect(() => {
    const place = box.current;
    if (place?.matches(":popover-open") && !place.contains(document.activeElement)) place.hidePopover();
    if (newest && !place?.matches(":popover-open")) place?.showPopover();
  }, [newest?.id]);
  const giveBack = () => {
    if (box.current?.contains(document.activeElement) && before.current instanceof HTMLElement) before.current.focus();
  };
  return (
    <>
      <section
        ref={box}
        class="toasts"
        popover="manual"
        aria-label={t("toast.label")}
        onPointerEnter={() => hold(true)}
        onPointerLeave={() => hold(false)}
        onFocusIn={({ relatedTarget }) => {
          if (!box.current?.contains(relatedTarget as Node | null)) before.current = relatedTarget;
          hold(true);
        }}
        onFocusOut={() => hold(false)}
      >
        {shown.map((each) => (
          <Notice key={each.id} toast={each} onClosed={giveBack} />
        ))}
      </section>
      <p class="vh" role="status">
        {said?.kind !== "fault" && said?.text}
      </p>
      <p class="vh" role="alert">
        {said?.kind === "fault" && said.text}
      </p>
    </>
  );
}

function Notice({ toast, onClosed }: { toast: Toast; onClosed(): void }) {
  const { id, text, action, kind, stays } = toast;
  const close = () => {
    dismissToast(id);
    onClosed();
  };
  return (
    <div class={`toast ${kind ?? "plain"} ${stays ? "stays" : ""}`} onKeyDown={(event) => event.key === "Escape" && (close(), event.stopPropagation())}>
      <p dir="auto">{text}</p>
      {action && (
        <button
          type="button"
          class="link-button"
          onClick={() => {
            close();
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton icon="close" label={t("toast.close")} onClick={close} />
    </div>
  );
}
