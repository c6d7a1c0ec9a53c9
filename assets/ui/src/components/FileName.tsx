/** A file's name, set left to right and shortened before its ending. */

import { nameParts } from "../lib/files";

/** The whole name is there for every reader; only what is drawn is shortened. */
export function FileName({ name }: { name: string }) {
  const { stem, ending } = nameParts(name);
  return (
    <bdi class="file-name" dir="ltr" title={stem + ending}>
      <span>{stem}</span>
      {ending}
    </bdi>
  );
}
