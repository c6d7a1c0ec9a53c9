/** Dresses the document as it was chosen, and follows the system where that was chosen. */

import { computed, effect, signal } from "@preact/signals";
import { followPrefs, pref } from "../cache/prefs";

const systemDark = signal(false);

/** Whether the page is dark now. */
export const dark = computed(() => (pref("theme").value === "system" ? systemDark.value : pref("theme").value === "dark"));

/** Starts following the system and the choices. */
export function dressDocument(): void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  systemDark.value = query.matches;
  query.addEventListener("change", () => (systemDark.value = query.matches));
  followPrefs();
  effect(() => {
    const { dataset } = document.documentElement;
    dataset["theme"] = dark.value ? "dark" : "light";
    dataset["ink"] = pref("ink").value;
    dataset["density"] = pref("density").value;
    dataset["textSize"] = pref("textSize").value;
  });
}
