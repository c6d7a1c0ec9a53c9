/** Who is writing in a conversation, and telling the others that we are. */

import { useEffect, useMemo } from "preact/hooks";
import { shortName } from "../lib/names";
import { joinNames, t } from "../lib/text";
import { realtime, typing } from "../state/live";
import { TypingSignal, type Typist } from "../state/typing";
import { myId, session } from "../state/account";

/** The others who are writing; subscribes the caller. */
export function useTypists(conversationId: string): readonly Typist[] {
  return typing.in(conversationId).filter((typist) => typist.userId !== myId());
}

/** `Amara is writing`, by the first word of each name. */
export function typingWords(typists: readonly Typist[]): string {
  const names = typists.map((typist) => shortName(typist.userName));
  if (names.length > 2) return t("typing.many", { n: names.length });
  return names.length === 2 ? t("typing.two", { names: joinNames(names) }) : t("typing.one", { name: names[0] ?? "" });
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
