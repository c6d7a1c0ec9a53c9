/** What one writes as it will stand on the page, in the place of the field. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { onlyEmoji } from "../lib/emojis";
import { t } from "../lib/text";
import { pref } from "../hooks/usePref";
import { Markdown } from "./Markdown";

/** Has the focus while it is shown. Escape leads back to the field, the keys that send do so here, too. */
export function Preview(props: { text: string; conversationId: string; onSend(): void; onBack(): void }) {
  const { text, conversationId, onSend, onBack } = props;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.focus({ preventScroll: true }), []);
  return (
    <div
      ref={box}
      class={`preview-box words said${onlyEmoji(text) ? " large" : ""}`}
      role="region"
      aria-label={t("write.preview")}
      tabIndex={0}
      onKeyDown={(event) => {
        if (event.key === "Escape") onBack();
        else if (event.key === "Enter" && event.target === box.current && (event.ctrlKey || event.metaKey || pref("sendKey").peek() === "enter")) onSend();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Markdown text={text.trim()} conversationId={conversationId} named={null} />
    </div>
  );
}
