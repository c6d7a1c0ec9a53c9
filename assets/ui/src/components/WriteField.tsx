/** The field in which words are written: it grows with them, offers names and emoji, and knows the marks. */

import { useEffect, useRef, useState } from "preact/hooks";
import { inFence } from "../lib/compose";
import { t } from "../lib/text";
import { convertCode, useCalling } from "../hooks/useCalling";
import { pref } from "../hooks/usePref";
import { pasteLink, writingKey } from "../hooks/useWriting";
import { OfferList } from "./OfferList";

/** What the composer and the changing of a line share. */
export interface WriteFieldProps {
  field: { current: HTMLTextAreaElement | null };
  conversationId: string;
  value: string;
  label: string;
  placeholder?: string;
  onValue(value: string): void;
  onSend(): void;
  /** A key that nobody else wanted. */
  onKey(event: KeyboardEvent): void;
  onFocus?(): void;
  onBlur?(): void;
  /** Plain text that was pasted, after it stands there. */
  onPasted?(text: string): void;
}

export function WriteField({ field, conversationId, value, label, placeholder, onValue, onSend, onKey, onFocus, onBlur, onPasted }: WriteFieldProps) {
  const [caret, setCaret] = useState(-1);
  const offers = useCalling(field, conversationId, value, caret);
  const code = caret >= 0 && value.includes("\n") && inFence(value, caret);
  const left = useRef<[number, number] | null>(null);
  const look = (event: { currentTarget: HTMLTextAreaElement }) => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    setCaret(selectionStart === selectionEnd ? selectionStart : -1);
  };
  useAutoGrow(field, value);
  return (
    <div class="field-frame">
      <textarea
        ref={field}
        rows={1}
        value={value}
        dir={code ? "ltr" : value === "" ? undefined : "auto"}
        class={code ? "in-code" : ""}
        spellcheck={!code}
        aria-label={label}
        placeholder={placeholder}
        enterkeyhint={pref("sendKey").value === "enter" && !code ? "send" : "enter"}
        aria-autocomplete="list"
        aria-controls={offers.box.field["aria-controls"]}
        aria-activedescendant={offers.box.field["aria-activedescendant"]}
        onInput={(event) => {
          onValue(event.currentTarget.value);
          look(event);
          const box = event.currentTarget;
          // Not while undoing, which brings the code back.
          if (event.inputType.startsWith("insert") && event.data?.endsWith(":")) queueMicrotask(() => void convertCode(box));
        }}
        onSelect={look}
        onKeyUp={look}
        onClick={look}
        onBlur={(event) => {
          left.current = [event.currentTarget.selectionStart, event.currentTarget.selectionEnd];
          setCaret(-1);
          onBlur?.();
        }}
        onFocus={(event) => {
          // A dialog that closes gives Chromium's focus back without the caret, and nothing could be typed.
          if (left.current !== null) event.currentTarget.setSelectionRange(...left.current);
          left.current = null;
          look(event);
          onFocus?.();
        }}
        onPaste={(event) => {
          if (pasteLink(event)) return;
          const text = event.clipboardData?.getData("text/plain") ?? "";
          if (text !== "") queueMicrotask(() => onPasted?.(text));
        }}
        onKeyDown={(event) => {
          if (!offers.onKey(event) && !writingKey(event, onSend)) onKey(event);
        }}
      />
      {code && <span class="vh">{t("write.code")}</span>}
      <OfferList offers={offers} />
    </div>
  );
}

/** Makes the field as high as its text; the greatest height is set in the style sheet. */
function useAutoGrow(field: { current: HTMLTextAreaElement | null }, text: string): void {
  useEffect(() => {
    const box = field.current;
    if (box === null || CSS.supports("field-sizing", "content")) return;
    // While it is measured, nothing around it may move: the page above would lose its place.
    const frame = box.parentElement;
    frame?.style.setProperty("min-height", `${frame.offsetHeight}px`);
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
    frame?.style.removeProperty("min-height");
  }, [field, text]);
}
