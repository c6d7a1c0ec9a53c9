/** The piece of a message that shows why it was found. Text and marks, never markup. */

import { useMemo } from "preact/hooks";
import { snippetOf } from "../lib/snippet";
import type { SearchHit } from "../lib/wire";

/** Takes its own direction. */
export function Snippet({ hit }: { hit: SearchHit }) {
  const runs = useMemo(() => snippetOf(hit.message.content, hit.highlights), [hit]);
  return <span class="snippet">{runs.map((run, at) => (run.marked ? <mark key={at}>{run.text}</mark> : run.text))}</span>;
}
