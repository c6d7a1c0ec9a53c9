/** A long text that was pasted stands in the field; here one can send it as a file instead. */

import { useState } from "preact/hooks";
import { isLongPaste } from "../lib/compose";
import { replaceIn } from "../lib/field";
import { t } from "../lib/text";
import { draftOf, setDraft } from "../hooks/useDraft";
import { toast } from "../hooks/useToast";
import { addToTray, removeFromTray, trayOf } from "../hooks/useUploads";
import { Button } from "./Button";

const NAME = "text.txt";

/** What was pasted last and is long; `offer` gets every paste. */
export function useLongPaste(): { pasted: string; offer(text: string): void } {
  const [pasted, setPasted] = useState("");
  return { pasted, offer: (text) => isLongPaste(text) && setPasted(text.replace(/\r\n?/g, "\n")) };
}

/** Drawn while what was pasted still stands in the field as it was. */
export function LongPaste({ conversationId, field, pasted }: { conversationId: string; field: { current: HTMLTextAreaElement | null }; pasted: string }) {
  const value = draftOf(conversationId);
  const at = pasted === "" ? -1 : value.indexOf(pasted);
  if (at < 0) return null;
  const send = () => {
    const box = field.current;
    if (box === null) return;
    const before = new Set(trayOf(conversationId).map((item) => item.id));
    addToTray(conversationId, [new File([pasted], NAME, { type: "text/plain" })]);
    const added = trayOf(conversationId).find((item) => !before.has(item.id));
    // The tray was full, and says so.
    if (added === undefined) return;
    replaceIn(box, at, at + pasted.length, "");
    toast({
      text: t("paste.done", { name: NAME }),
      action: {
        label: t("toast.undo"),
        run() {
          if (trayOf(conversationId).some((item) => item.id === added.id)) removeFromTray(added.id);
          const now = draftOf(conversationId);
          const place = Math.min(at, now.length);
          setDraft(conversationId, now.slice(0, place) + pasted + now.slice(place));
        },
      },
    });
  };
  return (
    <div class="long-paste" role="status">
      <p>{t("paste.long")}</p>
      <Button icon="file" onClick={send}>
        {t("paste.file", { name: NAME })}
      </Button>
    </div>
  );
}
