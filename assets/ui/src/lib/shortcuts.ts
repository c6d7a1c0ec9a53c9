/** Every shortcut there is, once: what answers to keys looks them up here, and the sheet is drawn from here. Pure. */

import type { TextKey } from "./text";

/** Where a shortcut works; also how the sheet is divided. */
export type ShortcutPlace = "everywhere" | "list" | "conversation" | "writing" | "page";

/** One shortcut: `keys` are held together; `mod` is ⌘ on a Mac and Ctrl elsewhere. */
export interface Shortcut {
  id: string;
  keys: readonly string[];
  label: TextKey;
  where: ShortcutPlace;
}

/** In the order of the sheet. No letter alone may be one (WCAG 2.1.4). */
export const SHORTCUTS = [
  { id: "go", keys: ["mod", "k"], label: "keys.go", where: "everywhere" },
  { id: "search", keys: ["mod", "shift", "f"], label: "keys.search", where: "everywhere" },
  { id: "keys", keys: ["mod", "/"], label: "keys.sheet", where: "everywhere" },
  { id: "keysToo", keys: ["?"], label: "keys.sheetToo", where: "everywhere" },
  { id: "close", keys: ["escape"], label: "keys.close", where: "everywhere" },
  { id: "roomBefore", keys: ["alt", "up"], label: "keys.roomBefore", where: "everywhere" },
  { id: "roomNext", keys: ["alt", "down"], label: "keys.roomNext", where: "everywhere" },
  { id: "unreadBefore", keys: ["alt", "shift", "up"], label: "keys.unreadBefore", where: "everywhere" },
  { id: "unreadNext", keys: ["alt", "shift", "down"], label: "keys.unreadNext", where: "everywhere" },
  { id: "listMove", keys: ["up/down"], label: "keys.listMove", where: "list" },
  { id: "rowMenu", keys: ["shift", "f10"], label: "keys.rowMenu", where: "list" },
  { id: "find", keys: ["mod", "f"], label: "keys.find", where: "conversation" },
  { id: "lineMove", keys: ["up/down"], label: "keys.lineMove", where: "conversation" },
  { id: "lineMenu", keys: ["enter"], label: "keys.lineMenu", where: "conversation" },
  { id: "firstLast", keys: ["home/end"], label: "keys.firstLast", where: "conversation" },
  { id: "editLast", keys: ["up"], label: "keys.editLast", where: "writing" },
  { id: "send", keys: ["mod", "enter"], label: "keys.send", where: "writing" },
  { id: "bold", keys: ["mod", "b"], label: "keys.bold", where: "writing" },
  { id: "italic", keys: ["mod", "i"], label: "keys.italic", where: "writing" },
  { id: "code", keys: ["mod", "e"], label: "keys.code", where: "writing" },
  { id: "link", keys: ["mod", "k"], label: "keys.link", where: "writing" },
  { id: "preview", keys: ["mod", "shift", "e"], label: "keys.preview", where: "writing" },
  { id: "pictureMove", keys: ["left/right"], label: "keys.pictureMove", where: "page" },
  { id: "pictureZoom", keys: ["+/-"], label: "keys.pictureZoom", where: "page" },
] as const satisfies readonly Shortcut[];

/** The name of a shortcut. */
export type ShortcutId = (typeof SHORTCUTS)[number]["id"];

/** What is read of a key event. */
export type Keys = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether these keys are the shortcut `id`. */
export function isShortcut(event: Keys, id: ShortcutId): boolean {
  const keys: readonly string[] = SHORTCUTS.find((each) => each.id === id)?.keys ?? [];
  const key = keys.at(-1) ?? "";
  const letter = /^[a-z]$/.test(key);
  // Signs such as "?" and "/" need Shift on some keyboards and not on others.
  const shift = letter || key.length > 1 ? event.shiftKey === keys.includes("shift") : true;
  const mod = (event.ctrlKey || event.metaKey) === keys.includes("mod");
  return mod && shift && event.altKey === keys.includes("alt") && (letter ? letterOf(event) : nameOf(event)) === key;
}

const nameOf = ({ key }: Keys): string => key.toLowerCase().replace(/^arrow/, "");

/** The Latin letter of a key; where the keyboard writes another script, the one at that place. */
function letterOf({ key, code }: Keys): string {
  return (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
}

/** Signs that keys have on a Mac; its own words elsewhere. */
const MAC: Readonly<Record<string, string>> = { mod: "⌘", shift: "⇧", alt: "⌥" };
const SIGNS: Readonly<Record<string, string>> = { "-": "−", up: "↑", down: "↓", left: "←", right: "→" };
const WORDS: Readonly<Record<string, TextKey>> = {
  mod: "keys.ctrl",
  shift: "keys.shift",
  alt: "keys.alt",
  enter: "keys.enter",
  escape: "keys.escape",
  home: "keys.home",
  end: "keys.end",
};

/** What stands on the caps of a shortcut; `words` says the names of keys that have one. */
export function capsOf(shortcut: Shortcut, mac: boolean, words: (key: TextKey) => string): string[][] {
  const cap = (key: string): string => {
    const word = WORDS[key];
    return (mac ? MAC[key] : undefined) ?? SIGNS[key] ?? (word === undefined ? key.toUpperCase() : words(word));
  };
  // `up/down` are two ways with one meaning; a "/" alone is a key.
  return shortcut.keys.map((key) => (key.length > 1 ? key.split("/") : [key]).map(cap));
}
