/** A newer version of the app, and leading to what a notification was about. */

import { useLocation } from "preact-iso";
import { useEffect } from "preact/hooks";
import { openedUrl } from "../state/live";

export { takeUpdate, updateReady } from "../state/worker";

/** Goes where a notification that was clicked leads. */
export function useOpened(): void {
  const { route } = useLocation();
  const url = openedUrl.value;
  useEffect(() => {
    if (url === null) return;
    openedUrl.value = null;
    route(url);
  }, [url]);
}
