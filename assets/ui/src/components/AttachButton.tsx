/** The paper clip: opens the system's own way of choosing files, on a phone also its camera. */

import { useRef } from "preact/hooks";
import { t } from "../lib/text";
import { IconButton } from "./Button";

/** `onFiles` gets what was chosen. */
export function AttachButton({ onFiles }: { onFiles(files: File[]): void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <IconButton icon="clip" label={t("write.attach")} onClick={() => input.current?.click()} />
    </>
  );
}
