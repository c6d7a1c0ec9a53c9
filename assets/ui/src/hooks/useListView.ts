/** What of the list is shown. What is put away has its own step in the history where the list is the page. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { here } from "../lib/base";
import type { ListView } from "../lib/sections";
import { session } from "../state/account";

export type { ListView } from "../lib/sections";

/** The views to choose from, in their order; what is put away is a place of its own. */
export const VIEWS = ["all", "unread", "groups", "people"] as const satisfies readonly ListView[];

/** The present one. */
export const listView = signal<ListView>("all");
effect(() => {
  if (session.value.phase === "out") listView.value = "all";
});

const isStep = (): boolean => (history.state as { list?: ListView } | null)?.list === "archived";

/** Shows another part of the list. */
export function showList(view: ListView): void {
  if (listView.peek() === "archived" && isStep()) history.back();
  else if (view === "archived" && here() === "/") history.pushState({ list: view }, "");
  listView.value = view;
}

/** The browser's ways back and forward lead into what is put away, and out of it. */
export function useListHistory(): void {
  useEffect(() => {
    const follow = () => {
      if (here() !== "/") return;
      if (isStep()) listView.value = "archived";
      else if (listView.peek() === "archived") listView.value = "all";
    };
    addEventListener("popstate", follow);
    follow();
    return () => removeEventListener("popstate", follow);
  }, []);
}
