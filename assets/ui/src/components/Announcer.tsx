/** Says new lines of others aloud, without their having to be found: one by one, or how many when many come. */

import { useEffect, useRef, useState } from "preact/hooks";
import { summaryOf } from "../lib/files";
import { t } from "../lib/text";
import type { Conversation, Message } from "../lib/wire";
import { myId } from "../hooks/useAccount";
import { useWebSocket } from "../hooks/useWebSocket";

/** Milliseconds in which several lines are said as one. */
const TOGETHER = 600;

/** Heard and not seen. */
export function Announcer({ room }: { room: Conversation }) {
  const [words, setWords] = useState("");
  const waiting = useRef<Message[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const { onNewMessage } = useWebSocket({ conversationId: room.id });
  useEffect(() => () => clearTimeout(timer.current), []);
  onNewMessage((message) => {
    if (message.senderId === myId()) return;
    waiting.current.push(message);
    if (waiting.current.length > 1) return;
    timer.current = setTimeout(() => {
      setWords(sentence(waiting.current));
      waiting.current = [];
    }, TOGETHER);
  });
  return (
    <p class="vh" aria-live="polite">
      {words}
    </p>
  );
}

function sentence(messages: readonly Message[]): string {
  const [first] = messages;
  if (first === undefined || messages.length > 2) return t("page.jumpNew", { n: messages.length });
  return messages.map((each) => t("page.announce", { name: each.sender.displayName, text: summaryOf(each, 300) })).join(" ");
}
