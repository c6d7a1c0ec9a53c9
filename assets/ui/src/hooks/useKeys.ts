/** The keys that lead somewhere from everywhere. */

import { useEffect } from "preact/hooks";

/** The Latin letter of a key; where the keyboard writes another script, the one at that place. */
function letterOf({ key, code }: KeyboardEvent): string {
  return (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
}

/** Ctrl or Cmd with this letter, while nothing floats over the page; the browser does not hear it then. */
function useKey(letter: string, shift: boolean, action: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (letterOf(event) !== letter || event.shiftKey !== shift) return;
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [letter, shift, action]);
}

/** Ctrl/Cmd+K: go to a person or a conversation. */
export const useGoKey = (action: () => void): void => useKey("k", false, action);

/** Ctrl/Cmd+Shift+F: search everything. */
export const useSearchKey = (action: () => void): void => useKey("f", true, action);

/** Ctrl/Cmd+F: search this conversation. On the search page it is the browser's, so pressing it twice finds in the page. */
export const useFindKey = (action: () => void): void => useKey("f", false, action);
