/**
 * Choices that belong to this browser and not to the account: language, looks, keys, notifications.
 * One object in localStorage, one signal for each key; all tabs agree.
 */

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

/** What each choice may be, in the order in which it is offered. */
export const CHOICES = {
  language: ["auto", "en", "de", "es", "zh", "ar"],
  theme: ["light", "dark", "system"],
  /** The pigment of everything that means "you". */
  ink: ["royal", "green", "sepia", "black"],
  density: ["comfortable", "compact"],
  textSize: ["normal", "large", "largest"],
  /** Which key sends a line; the other one begins a new line. */
  sendKey: ["enter", "mod-enter"],
  /** What to notify about. */
  notify: ["all", "mentions", "off"],
  notifySound: [false, true],
  /** Whether a notification shows the words of a message. */
  notifyWords: [true, false],
  tourDone: [false, true],
} as const;

/** All choices. */
export type Prefs = { [K in keyof typeof CHOICES]: (typeof CHOICES)[K][number] };

/** The name of a choice. */
export type PrefKey = keyof Prefs;

/** What holds until one chooses. */
export const DEFAULTS: Prefs = {
  language: "auto",
  theme: "system",
  ink: "royal",
  density: "comfortable",
  textSize: "normal",
  sendKey: "enter",
  notify: "mentions",
  notifySound: false,
  notifyWords: true,
  tourDone: false,
};

const KEY = "inkspot.prefs";
const keys = Object.keys(DEFAULTS) as PrefKey[];
const signals = Object.fromEntries(Object.entries(read()).map(([key, value]) => [key, signal(value)])) as {
  [K in PrefKey]: Signal<Prefs[K]>;
};

/** One choice, to be followed. */
export function pref<K extends PrefKey>(key: K): ReadonlySignal<Prefs[K]> {
  return signals[key];
}

/** Changes one choice and keeps it, if the browser lets us; else it holds until the tab is closed. */
export function setPref<K extends PrefKey>(key: K, value: Prefs[K]): void {
  const kept = { ...read(), [key]: value };
  (signals[key] as Signal<Prefs[K]>).value = value;
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Full or refused.
  }
}

/** Starts to follow what other tabs choose. */
export function followPrefs(): void {
  addEventListener("storage", (event) => {
    if (event.key !== KEY && event.key !== null) return;
    const kept = read();
    for (const key of keys) (signals[key] as Signal).value = kept[key];
  });
}

/** What is kept, with the default for everything that is not there or not a choice. */
function read(): Prefs {
  let kept: Record<string, unknown> = {};
  try {
    kept = Object(JSON.parse(localStorage.getItem(KEY) ?? "{}")) as Record<string, unknown>;
  } catch {
    // Unreadable or refused.
  }
  const valid = (key: PrefKey) => (CHOICES[key] as readonly unknown[]).includes(kept[key]);
  return Object.fromEntries(keys.map((key) => [key, valid(key) ? kept[key] : DEFAULTS[key]])) as unknown as Prefs;
}
