/** What another app has given to this one: looking at it, and putting it into a conversation. */

import { useEffect, useState } from "preact/hooks";
import { clearShared, loadShared } from "../cache/shared";
import type { Shared } from "../cache/db";
import { draftOf, setDraft } from "../state/drafts";
import { addToTray } from "../state/tray";

export type { Shared };

/** What was given; `undefined` while it is looked for, `null` when there is nothing. */
export function useShared(): Shared | null | undefined {
  const [shared, setShared] = useState<Shared | null>();
  useEffect(() => void loadShared().then(setShared), []);
  return shared;
}

/** Puts it behind what was begun there, and its files into the tray. */
export async function putInto(conversationId: string, { text, files }: Shared): Promise<void> {
  const begun = draftOf(conversationId);
  if (text !== "") setDraft(conversationId, begun.trim() === "" ? text : `${begun}\n${text}`);
  if (files.length > 0) addToTray(conversationId, files);
  await clearShared();
}

/** Nobody wants it. */
export const dropShared = clearShared;
