/** What the quick switcher can do besides leading to people and conversations. Loaded when it opens. */

import "../lib/laterWords";
import { LANGUAGE_NAMES } from "../lib/languageNames";
import { calls } from "../lib/match";
import { ADMIN_PARTS, adminAddress, SETTINGS_PARTS } from "../lib/parts";
import type { ShortcutId } from "../lib/shortcuts";
import { t, type TextKey } from "../lib/text";
import { session } from "../state/account";
import { CHOICES, setPref } from "../cache/prefs";
import { totalUnread } from "../state/conversations";
import { showList } from "./useListView";
import { readEverything } from "./useRoomActions";
import { nextRoom } from "./useSections";

/** What opens over the page. */
export type Opens = "new" | "invite" | "keys" | "out";

/** One command: it leads to an address, opens something, or does what it says at once. */
export interface Command {
  id: string;
  words: string;
  icon: "pen" | "people" | "check" | "archive" | "gear" | "lock" | "sun" | "moon" | "pages" | "globe" | "keys" | "info" | "signOut" | "filter" | "search";
  /** Further words that one may look for; English, as in most other programs. */
  also?: string;
  /** Keys that do the same. */
  keys?: ShortcutId;
  /** Offered before anything is typed. */
  usual?: boolean;
  to?: string;
  opens?: Opens;
  run?(): void;
}

const PAPER_ICONS = { light: "sun", dark: "moon", system: "pages" } as const;

const partOf = (whole: TextKey, part: string) => t("go.part", { whole: t(whole), part });
const led = (whole: TextKey, parts: Record<string, TextKey>, addressOf: (part: string) => string, icon: Command["icon"], also: string) =>
  Object.entries(parts).map(([part, label]): Command => ({ id: addressOf(part), words: partOf(whole, t(label)), icon, also: `${also} ${part}`, to: addressOf(part) }));

function all(): Command[] {
  const admin = session.value.user?.role === "admin";
  const next = nextRoom(null, 1, true);
  return [
    { id: "new", words: t("list.new"), icon: "pen", also: "create group direct message", usual: true, opens: "new" },
    ...(admin ? [{ id: "invite", words: t("invite.title"), icon: "people", also: "add people link", usual: true, opens: "invite" } as const] : []),
    ...(totalUnread.value > 0 ? [{ id: "read", words: t("list.readAll"), icon: "check", also: "clear unread", usual: true, run: () => void readEverything() } as const] : []),
    ...(next === undefined ? [] : [{ id: "next", words: t("go.unreadNext"), icon: "pages", also: "jump go", keys: "unreadNext", usual: true, to: `/conversations/${next}` } as const]),
    { id: "search", words: t("list.search"), icon: "search", also: "find messages", keys: "search", to: "/search" },
    { id: "unread", words: partOf("list.view", t("list.view.unread")), icon: "filter", also: "filter show", run: () => showList("unread") },
    { id: "archived", words: partOf("list.view", t("list.view.archived")), icon: "archive", also: "filter show", run: () => showList("archived") },
    ...led("settings.title", SETTINGS_PARTS, (part) => `/settings/${part}`, "gear", "preferences options"),
    ...(admin ? led("admin.title", ADMIN_PARTS, adminAddress, "lock", "administration") : []),
    ...CHOICES.theme.map((each): Command => ({ id: each, words: partOf("settings.paper", t(`settings.${each}`)), icon: PAPER_ICONS[each], also: "theme mode night", run: () => setPref("theme", each) })),
    ...CHOICES.density.map((each): Command => ({ id: each, words: partOf("settings.density", t(`settings.${each}`)), icon: "pages", also: "density rows", run: () => setPref("density", each) })),
    ...CHOICES.language.flatMap((each): Command[] =>
      each === "auto" ? [] : [{ id: each, words: partOf("settings.language", LANGUAGE_NAMES[each]), icon: "globe", also: "language", run: () => setPref("language", each) }],
    ),
    { id: "keys", words: t("keys.title"), icon: "keys", also: "help hotkeys", keys: "keys", usual: true, opens: "keys" },
    { id: "doctor", words: t("doctor.title"), icon: "info", also: "help network problem", to: "/doctor" },
    { id: "out", words: t("settings.signOut"), icon: "signOut", also: "log out exit", opens: "out" },
  ];
}

const MOST = 5;

/** Those that fit what is typed; after `>` all of them, before anything is typed the usual ones. */
export function commandsFor(typed: string): readonly Command[] {
  const only = typed.startsWith(">");
  const wanted = typed.replace(/^>/, "").trim();
  if (wanted === "") return all().filter(({ usual }) => only || usual);
  const fits = all().filter(({ words, also }) => calls(wanted, `${words} ${also ?? ""}`));
  return only ? fits : fits.slice(0, MOST);
}
