/** A file's name, set left to right and shortened before its ending. */

import { nameParts } from "../lib/files";

/** Names longer than this keep their last letters too, so that numbers at the end stay readable. */
const LONG = 24;
const KEPT = 4;

/** The whole name is there for every reader; only what is drawn is shortened. */
export function FileName({ name }: { name: string }) {
  const { stem, ending } = nameParts(name);
  const letters = [...stem];
  const cut = letters.length > LONG ? letters.length - KEPT : letters.length;
  return (
    <bdi class="file-name" dir="ltr" title={stem + ending}>
      <span>{letters.slice(0, cut).join("")}</span>
      {letters.slice(cut).join("") + ending}
    </bdi>
  );
}
