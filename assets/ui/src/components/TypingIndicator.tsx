/** Who is writing: "Amara and Jiří are writing", with three dots that move. */

import { shortName } from "../lib/names";
import { joinNames, t } from "../lib/text";
import { useTypists } from "../hooks/useTyping";
import { useLink } from "../hooks/useLink";

/** Keeps its place in the page so that nothing jumps; silent while the connection is gone. */
export function TypingIndicator({ conversationId }: { conversationId: string }) {
  const typists = useTypists(conversationId);
  const { connected } = useLink();
  const names = typists.map((typist) => shortName(typist.userName));
  return (
    <div class="typing page-grid" role="status">
      {connected && names.length > 0 && (
        <p>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span>{sentence(names)}</span>
        </p>
      )}
    </div>
  );
}

function sentence(names: readonly string[]): string {
  if (names.length === 1) return t("typing.one", { name: names[0] ?? "" });
  if (names.length <= 3) return t("typing.two", { names: joinNames(names) });
  return t("typing.many", { n: names.length });
}
