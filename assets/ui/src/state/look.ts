/** Paper and ink: applies the choices to the document and follows the system. */

import { computed, effect, signal } from "@preact/signals";
import { loadPrefs, savePrefs, type Prefs } from "../cache/prefs";

/** The choices of this browser. */
export const look = signal<Prefs>(loadPrefs());

const systemDark = signal(false);

/** Whether the page is dark now. */
export const dark = computed(() => (look.value.paper === "system" ? systemDark.value : look.value.paper === "dark"));

/** Changes and keeps a choice. */
export function setLook(change: Partial<Prefs>): void {
  look.value = { ...look.peek(), ...change };
  savePrefs(look.peek());
}

/** Starts following the system and dressing the document. */
export function dressDocument(): void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  systemDark.value = query.matches;
  query.addEventListener("change", () => (systemDark.value = query.matches));
  effect(() => {
    document.documentElement.dataset["theme"] = dark.value ? "dark" : "light";
    document.documentElement.dataset["ink"] = look.value.ink;
  });
}
