/** Files that are dropped on a page or pasted into it. */

import { useEffect, useState } from "preact/hooks";
import { clock } from "../lib/time";
import { t } from "../lib/text";

/** Takes what was dropped or pasted; `folders` were among it and can't be taken. */
export type TakeFiles = (files: File[], folders: number) => void;

/** What an element needs to take files. */
export interface DropTarget {
  /** Files are being held over it. */
  over: boolean;
  onDragEnter(event: DragEvent): void;
  onDragOver(event: DragEvent): void;
  onDragLeave(event: DragEvent): void;
  onDrop(event: DragEvent): void;
}

/** Lets files be dropped on an element; a file dropped beside it does not replace the page. */
export function useDrop(take: TakeFiles): DropTarget {
  const [depth, setDepth] = useState(0);
  useEffect(() => {
    const keep = (event: DragEvent) => {
      if (!hasFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
    };
    addEventListener("dragover", keep);
    addEventListener("drop", keep);
    return () => {
      removeEventListener("dragover", keep);
      removeEventListener("drop", keep);
    };
  }, []);
  const over = depth > 0;
  useEffect(() => {
    if (!over) return undefined;
    // A line that is redrawn under the hand swallows its leaving; while files are held, no pointer moves.
    const stop = () => setDepth(0);
    addEventListener("pointermove", stop);
    return () => removeEventListener("pointermove", stop);
  }, [over]);
  return {
    over,
    onDragEnter: (event) => hasFiles(event) && setDepth((n) => n + 1),
    onDragLeave: (event) => hasFiles(event) && setDepth((n) => Math.max(0, n - 1)),
    onDragOver(event) {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
    },
    onDrop(event) {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDepth(0);
      const { files, folders } = filesIn(event.dataTransfer);
      take(files, folders);
    },
  };
}

/** Takes files that are pasted anywhere on the page, but not into a dialog or another field. */
export function usePaste(take: TakeFiles): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("dialog, .side") || document.querySelector("dialog[open]") !== null) return;
      const { files, folders } = filesIn(event.clipboardData);
      const types = event.clipboardData?.types ?? [];
      // Word processors add a picture of the text that is meant.
      const words = types.includes("text/plain") && types.includes("text/html");
      if (files.length + folders === 0 || words) return;
      event.preventDefault();
      take(files.map(named), folders);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [take]);
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

function filesIn(data: DataTransfer | null): { files: File[]; folders: number } {
  const items = [...(data?.items ?? [])].filter((item) => item.kind === "file");
  const folders = new Set(items.filter((item) => item.webkitGetAsEntry()?.isDirectory));
  return { files: items.flatMap((item) => (folders.has(item) ? [] : (item.getAsFile() ?? []))), folders: folders.size };
}

/** A picture from the clipboard has no name of its own; every one is called the same. */
function named(file: File): File {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const name = `${t("tray.pasted", { when: clock(Date.now()).replace(":", ".") })}.${file.name.split(".").at(-1) ?? "png"}`;
  return new File([file], name, { type: file.type, lastModified: file.lastModified });
}
