/** What one can do about a stored line: copy it, change it, delete it. On a phone a long press opens it. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Line } from "../lib/lines";
import { t } from "../lib/text";
import { deleteLine, editing } from "../hooks/useEditing";
import { useTask } from "../hooks/useTask";
import { IconButton } from "./Button";
import { Confirm } from "./Dialog";
import { Menu, type MenuItem } from "./Menu";
import { ErrorNote } from "./Notice";

const LONG_PRESS = 500;

/** `mayDelete`: it is one's own, or one looks after the group. */
export function RowTools({ line, mine, mayDelete }: { line: Line; mine: boolean; mayDelete: boolean }) {
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  const task = useTask();
  const frame = useRef<HTMLDivElement>(null);
  useLongPress(frame, () => setOpen(true));
  const { id } = line;
  if (id === null || line.deleted) return null;
  const items: MenuItem[] = [];
  if (line.content !== "") items.push({ icon: "copy", words: t("line.copy"), onChoose: () => void navigator.clipboard?.writeText(line.content).catch(() => undefined) });
  if (mine) items.push({ icon: "pen", words: t("line.edit"), onChoose: () => (editing.value = id) });
  if (mayDelete) items.push({ icon: "bin", words: t("line.delete"), fault: true, onChoose: () => setAsked(true) });
  if (items.length === 0) return null;
  return (
    <>
      <div class={`tools${open ? " open" : ""}`} ref={frame}>
        <IconButton icon="more" label={t("line.more")} expanded={open} onClick={() => setOpen(!open)} />
        {open && <Menu label={t("line.more")} items={items} onClose={() => setOpen(false)} />}
      </div>
      <ErrorNote text={task.error} />
      {asked && (
        <Confirm
          title={t("line.deleteTitle")}
          text={t(line.attachments.length > 0 ? "line.deleteFilesAsk" : "line.deleteAsk")}
          action={t("line.delete")}
          onYes={() => void task.run(() => deleteLine(id))}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}

/** A finger that rests on the row; not on what has a meaning of its own there. */
function useLongPress(frame: { current: HTMLElement | null }, onPress: () => void): void {
  const press = useRef(onPress);
  press.current = onPress;
  useEffect(() => {
    const row = frame.current?.closest<HTMLElement>(".msg");
    if (!row) return undefined;
    const ear = new AbortController();
    const { signal } = ear;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    const stop = () => clearTimeout(timer);
    const start = (event: PointerEvent) => {
      const own = event.target instanceof Element && event.target.closest("a, button, video, audio, textarea, dialog");
      if (event.pointerType !== "touch" || own) return;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => press.current(), LONG_PRESS);
    };
    row.addEventListener("pointerdown", start, { signal });
    row.addEventListener("pointermove", (event) => Math.hypot(event.clientX - from.x, event.clientY - from.y) > 8 && stop(), { signal });
    for (const name of ["pointerup", "pointercancel"]) row.addEventListener(name, stop, { signal });
    row.addEventListener("contextmenu", (event) => event instanceof PointerEvent && event.pointerType === "touch" && event.preventDefault(), { signal });
    return () => (stop(), ear.abort());
  }, []);
}
