/** One's own words, open for changing in their place. Enter keeps them, Escape leaves them as they were. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { countChars } from "../lib/names";
import { t } from "../lib/text";
import { LIMITS } from "../lib/wire";
import type { Line } from "../lib/lines";
import { changeLine, editing } from "../hooks/useEditing";
import { useTask } from "../hooks/useTask";
import { Button } from "./Button";
import { ErrorNote } from "./Notice";
import { WriteField } from "./WriteField";

/** A caption may become empty, a line of words may not. */
export function EditLine({ line, id }: { line: Line; id: string }) {
  const [text, setText] = useState(line.content);
  const field = useRef<HTMLTextAreaElement>(null);
  const task = useTask();
  const words = text.trim();
  const valid = countChars(words) <= LIMITS.content && (words !== "" || line.attachments.length > 0);
  const leave = () => (editing.value = null);
  const keep = () => {
    if (words === line.content) leave();
    else if (valid) void task.run(() => changeLine(id, words));
  };
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
  }, []);
  return (
    <form
      class="edit-line"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <WriteField
        field={field}
        conversationId={line.conversationId}
        value={text}
        label={t("line.editLabel")}
        onValue={setText}
        onSend={keep}
        onKey={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          leave();
        }}
      />
      <ErrorNote text={task.error} />
      <div class="actions">
        <Button kind="primary" type="submit" busy={task.busy} disabled={!valid}>
          {t("common.save")}
        </Button>
        <Button onClick={leave}>{t("common.cancel")}</Button>
      </div>
    </form>
  );
}
