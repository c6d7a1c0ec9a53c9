/** What one may do about a stored line: one entry each, in the order of its menu. */

import { useState } from "preact/hooks";
import { at } from "../lib/base";
import { explain } from "../lib/failure";
import type { Line } from "../lib/lines";
import { t, type TextKey } from "../lib/text";
import { conversation } from "../state/conversations";
import { beginEdit } from "../state/edits";
import { markUnread } from "../state/ownSettings";
import { toast } from "../state/toasts";

/** A line and what one is to it. */
export interface LineTarget {
  conversationId: string;
  line: Line;
  mine: boolean;
  mayDelete: boolean;
}

/** What is asked or shown in a dialog of its own. */
export type LineDialog = "delete" | "history";

/** One entry of the menu. */
export interface LineAction {
  id: string;
  label: TextKey;
  icon: "copy" | "link" | "unread" | "clock" | "pen" | "bin";
  fault?: boolean;
  when(target: LineTarget): boolean;
  run(target: LineTarget, ask: (dialog: LineDialog) => void): void;
}

const ACTIONS: readonly LineAction[] = [
  { id: "edit", label: "line.edit", icon: "pen", when: ({ mine, conversationId }) => mine && !conversation(conversationId)?.readOnly, run: ({ line }) => line.id !== null && beginEdit(line.id, line.content) },
  {
    id: "copy",
    label: "line.copy",
    icon: "copy",
    when: ({ line }) => line.content !== "",
    run: ({ line }) => void copy(line.content, "line.copied"),
  },
  { id: "link", label: "line.link", icon: "link", when: () => true, run: (target) => void copy(linkTo(target), "line.linkCopied") },
  {
    id: "unread",
    label: "line.unread",
    icon: "unread",
    when: ({ mine }) => !mine,
    run: ({ conversationId, line }) => void markUnread(conversationId, line.seq ?? 0).catch((error: unknown) => toast({ text: explain(error) })),
  },
  { id: "history", label: "line.history", icon: "clock", when: ({ line }) => line.editedAt !== null, run: (_, ask) => ask("history") },
  { id: "delete", label: "line.delete", icon: "bin", fault: true, when: ({ mayDelete }) => mayDelete, run: (_, ask) => ask("delete") },
];

/** The entries for this line; none while it is not stored, or when it was deleted. */
export function lineActions(target: LineTarget): readonly LineAction[] {
  const { id, deleted } = target.line;
  return id === null || deleted ? [] : ACTIONS.filter((action) => action.when(target));
}

/** Whose menu is open, and the dialog that was opened from one. */
export function useLineMenu() {
  const [menu, setMenu] = useState<string | null>(null);
  const [dialog, setDialog] = useState<{ kind: LineDialog; target: LineTarget } | null>(null);
  return { menu, setMenu, dialog, setDialog };
}

/** The address of a line, as one would give it to somebody. */
function linkTo({ conversationId, line }: LineTarget): string {
  return new URL(at(`/conversations/${encodeURIComponent(conversationId)}/${line.seq}`), location.href).href;
}

async function copy(text: string, done: TextKey): Promise<void> {
  const written = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  toast({ text: t(written === true ? done : "line.notCopied") });
}
