/** One's own words, open for changing in their place. Enter keeps them, Escape leaves them as they were; else they wait. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { countChars } from "../lib/names";
import { t } from "../lib/text";
import { LIMITS } from "../lib/wire";
import type { Line } from "../lib/lines";
import { changeLine, keepEdit, leaveEdit, takeFocus, wordsOf } from "../hooks/useEditing";
import { useTask } from "../hooks/useTask";
import { Button } from "./Button";
import { ErrorNote } from "./Notice";
import { WriteField } from "./WriteField";

/** A caption may become empty, a line of words may not. */
export function EditLine({ line, id }: { line: Line; id: string }) {
  const [text, setText] = useState(wordsOf(id) ?? line.content);
  const field = useRef<HTMLTextAreaElement>(null);
  const task = useTask();
  const words = text.trim();
  const valid = countChars(words) <= LIMITS.content && (words !== "" || line.attachments.length > 0);
  const leave = () => leaveEdit(id);
  const keep = () => {
    if (words === line.content) leave();
    else if (valid) void task.run(() => changeLine(id, words));
  };
  useLayoutEffect(() => {
    if (!takeFocus(id)) return;
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
        onValue={(value) => {
          setText(value);
          keepEdit(id, value);
        }}
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
