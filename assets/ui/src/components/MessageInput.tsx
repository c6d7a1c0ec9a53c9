/** The composer: the next line of the page, with its tray of files. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { hasMarks } from "../lib/markdown/marks";
import { countChars } from "../lib/names";
import { t } from "../lib/text";
import { LIMITS } from "../lib/wire";
import { draftOf, setDraft, writeIn } from "../hooks/useDraft";
import { editing, editNewest } from "../hooks/useEditing";
import { useShortcut } from "../hooks/useKeys";
import { useTypingSignal } from "../hooks/useTyping";
import { addToTray, trayOf, useLimits } from "../hooks/useUploads";
import { useWebSocket } from "../hooks/useWebSocket";
import { AttachButton } from "./AttachButton";
import { IconButton } from "./Button";
import { EmojiButton } from "./EmojiButton";
import { Icon } from "./Icon";
import { LongPaste, useLongPaste } from "./LongPaste";
import { Preview } from "./Preview";
import { Tray } from "./Tray";
import { WriteField } from "./WriteField";

/** The counter appears when fewer characters than this are left. */
const NEAR = 500;

/** Writes in one conversation; draft and tray are kept until they are sent. */
export function MessageInput({ conversationId, title }: { conversationId: string; title: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = draftOf(conversationId);
  const tray = trayOf(conversationId);
  const typing = useTypingSignal(conversationId);
  const { sendMessage } = useWebSocket({ conversationId });
  const left = LIMITS.content - (text.length > LIMITS.content - NEAR ? countChars(text.trim()) : 0);
  // What was refused stays in the tray until it is mended or removed.
  const files = tray.filter((item) => item.state !== "failed").map((item) => item.id);
  const sendable = (text.trim() !== "" || files.length > 0) && left >= 0;
  const paste = useLongPaste();
  const [wanted, setPreview] = useState(false);
  const marked = hasMarks(text);
  const preview = wanted && text.trim() !== "";
  const toggle = useCallback(() => setPreview((before) => !before), []);
  useShortcut("preview", toggle);
  useLimits();
  useEffect(() => {
    focusAtDesk(field.current);
  }, [conversationId]);
  useEffect(() => () => writeIn(null), [conversationId]);
  useBackFromEditing(field);
  useBackFromPreview(field, preview, setPreview);
  const send = () => {
    if (!sendable) return;
    const content = text.trim();
    sendMessage(files.length > 0 ? { conversationId, content, uploads: files } : { conversationId, content });
    setDraft(conversationId, "");
    typing.stop();
    setPreview(false);
    field.current?.focus();
  };
  return (
    <form
      class="write page-grid"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="write-box">
        <Tray conversationId={conversationId} items={tray} />
        <LongPaste conversationId={conversationId} field={field} pasted={paste.pasted} />
        <div class={`write-line${preview ? " previewing" : ""}`}>
          {preview && <Preview text={text} conversationId={conversationId} onSend={send} onBack={toggle} />}
          <WriteField
            field={field}
            conversationId={conversationId}
            value={text}
            label={t("write.label")}
            placeholder={t("write.placeholder", { title })}
            onValue={(value) => {
              setDraft(conversationId, value);
              if (value.trim() === "") typing.stop();
              else typing.touch();
            }}
            onSend={send}
            onKey={(event) => {
              if (event.key === "ArrowUp" && !event.altKey && text === "" && editNewest(conversationId)) event.preventDefault();
            }}
            onFocus={() => writeIn(conversationId)}
            onBlur={() => writeIn(null)}
            onPasted={paste.offer}
          />
          {(marked || preview) && <IconButton icon="eye" label={t("write.preview")} shortcut="Control+Shift+E Meta+Shift+E" pressed={preview} onClick={toggle} />}
          <EmojiButton field={field} />
          <AttachButton
            onFiles={(chosen) => {
              addToTray(conversationId, chosen);
              focusAtDesk(field.current);
            }}
          />
          <button type="submit" class="send" aria-label={t("write.send")} title={t("write.send")} disabled={!sendable}>
            <Icon name="send" mirror />
          </button>
        </div>
      </div>
      <p class={`write-note${left < 0 ? " over" : ""}`} aria-live="polite">
        {left < 0 ? t("write.over", { n: -left }) : left < NEAR ? t("write.left", { n: left }) : ""}
      </p>
    </form>
  );
}

/** Where there is a keyboard; on a phone the focus would raise one over the page. */
function focusAtDesk(field: HTMLTextAreaElement | null): void {
  if (matchMedia("(hover: hover)").matches) field?.focus({ preventScroll: true });
}

/** Who leaves the preview goes on writing where the caret was; an empty field has none. */
function useBackFromPreview(field: { current: HTMLTextAreaElement | null }, open: boolean, set: (open: boolean) => void): void {
  const was = useRef(open);
  useLayoutEffect(() => {
    if (was.current && !open) {
      set(false);
      field.current?.focus({ preventScroll: true });
    }
    was.current = open;
  }, [open]);
}

/** When a line was changed, one goes on writing here. */
function useBackFromEditing(field: { current: HTMLTextAreaElement | null }): void {
  const open = editing.value.size;
  const was = useRef(open);
  useEffect(() => {
    if (open < was.current) focusAtDesk(field.current);
    was.current = open;
  }, [open]);
}
