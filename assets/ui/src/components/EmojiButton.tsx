/** The face that opens the emoji; what is chosen goes where the caret stands. */

import { useRef, useState } from "preact/hooks";
import { replaceIn } from "../lib/field";
import { t } from "../lib/text";
import { toast } from "../hooks/useToast";
import { Icon } from "./Icon";

type Picker = typeof import("./EmojiPicker").EmojiPicker;

/** The picker is loaded with the first press. */
export function EmojiButton({ field }: { field: { current: HTMLTextAreaElement | null } }) {
  const [Picker, setPicker] = useState<Picker | null>(null);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const press = () => {
    setOpen(!open);
    if (Picker !== null || open) return;
    import("./EmojiPicker").then(
      (it) => setPicker(() => it.EmojiPicker),
      () => (setOpen(false), toast({ text: t("emoji.failed"), kind: "fault" })),
    );
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label={t("emoji.open")}
        title={t("emoji.open")}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={press}
      >
        <Icon name="smile" />
      </button>
      {open && Picker !== null && (
        <Picker
          opener={button}
          onChoose={(glyph) => {
            const box = field.current;
            if (box !== null) replaceIn(box, box.selectionStart, box.selectionEnd, glyph);
          }}
          onClose={(back) => {
            setOpen(false);
            if (back) button.current?.focus({ preventScroll: true });
          }}
        />
      )}
    </>
  );
}
