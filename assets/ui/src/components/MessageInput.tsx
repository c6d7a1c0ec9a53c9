/** The composer: the next line of the page, with its tray of files. Enter sends, Shift+Enter breaks the line. */

import { useEffect, useRef } from "preact/hooks";
import { countChars } from "../lib/names";
import { t } from "../lib/text";
import { LIMITS } from "../lib/wire";
import { draftOf, setDraft } from "../hooks/useDraft";
import { editing, editNewest } from "../hooks/useEditing";
import { useTypingSignal } from "../hooks/useTyping";
import { addToTray, trayOf, useLimits } from "../hooks/useUploads";
import { useWebSocket } from "../hooks/useWebSocket";
import { AttachButton } from "./AttachButton";
import { Icon } from "./Icon";
import { Tray } from "./Tray";

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
  useLimits();
  useAutoGrow(field, text);
  useEffect(() => {
    focusAtDesk(field.current);
  }, [conversationId]);
  useBackFromEditing(field);
  const send = () => {
    if (!sendable) return;
    const content = text.trim();
    sendMessage(files.length > 0 ? { conversationId, content, uploads: files } : { conversationId, content });
    setDraft(conversationId, "");
    typing.stop();
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
        <div class="write-line">
          <textarea
            ref={field}
            rows={1}
            value={text}
            dir={text === "" ? undefined : "auto"}
            aria-label={t("write.label")}
            placeholder={t("write.placeholder", { title })}
            enterkeyhint="send"
            onInput={(event) => {
              setDraft(conversationId, event.currentTarget.value);
              if (event.currentTarget.value.trim() === "") typing.stop();
              else typing.touch();
            }}
            onKeyDown={(event) => {
              if (event.key === "ArrowUp" && text === "" && editNewest(conversationId)) return event.preventDefault();
              // 229: an input method is at work; Safari says so only here.
              if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
              event.preventDefault();
              send();
            }}
          />
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

/** When a line was changed, one goes on writing here. */
function useBackFromEditing(field: { current: HTMLTextAreaElement | null }): void {
  const open = editing.value !== null;
  const was = useRef(open);
  useEffect(() => {
    if (was.current && !open) focusAtDesk(field.current);
    was.current = open;
  }, [open]);
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
