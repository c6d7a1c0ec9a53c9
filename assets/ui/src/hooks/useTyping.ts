/** Who is writing in a conversation, and telling the others that we are. */

import { useEffect, useMemo } from "preact/hooks";
import { realtime, typing } from "../state/live";
import { TypingSignal, type Typist } from "../state/typing";
import { myId, session } from "../state/account";

/** The others who are writing; subscribes the caller. */
export function useTypists(conversationId: string): readonly Typist[] {
  return typing.in(conversationId).filter((typist) => typist.userId !== myId());
}

/** Says that we are writing, or have stopped; stops by itself on leaving the page. */
export function useTypingSignal(conversationId: string): TypingSignal {
  const mine = useMemo(
    () =>
      new TypingSignal(
        (event) => {
          const user = session.peek().user;
          realtime.tell(event, { conversationId, userId: user?.id, userName: user?.displayName });
        },
        (ms, task) => {
          const timer = setTimeout(task, ms);
          return () => clearTimeout(timer);
        },
      ),
    [conversationId],
  );
  useEffect(() => () => mine.stop(), [mine]);
  return mine;
}
