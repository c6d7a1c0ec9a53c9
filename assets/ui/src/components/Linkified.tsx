/** Plain text with its web addresses as links. Never markup: what people write stays text. */

import { useMemo } from "preact/hooks";
import { linkify } from "../lib/linkify";

/** The paragraphs of a message; every paragraph takes its own direction. */
export function Linkified({ text }: { text: string }) {
  const paragraphs = useMemo(() => text.split("\n").map(linkify), [text]);
  return (
    <>
      {paragraphs.map((pieces, at) => (
        <p key={at}>
          {pieces.map((piece, i) =>
            piece.href === undefined ? (
              piece.text
            ) : (
              <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer" dir="ltr">
                {piece.text}
              </a>
            ),
          )}
        </p>
      ))}
    </>
  );
}
