/** Choices that belong to this browser and not to the account: paper and ink. */

/** Light or dark paper, or whatever the system has. */
export type Paper = "system" | "light" | "dark";

/** The pigment of everything that means "you". */
export type Ink = "royal" | "green" | "sepia" | "black";

/** What is kept. */
export interface Prefs {
  paper: Paper;
  ink: Ink;
}

/** All pigments, in the order in which they are offered. */
export const INKS: readonly Ink[] = ["royal", "green", "sepia", "black"];

/** All papers, in the order in which they are offered. */
export const PAPERS: readonly Paper[] = ["light", "dark", "system"];

const KEY = "inkspot.look";

/** The kept choices, or the defaults. */
export function loadPrefs(): Prefs {
  let kept: Partial<Prefs> = {};
  try {
    kept = (JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {}) as Partial<Prefs>;
  } catch {
    // Unreadable or refused: the defaults will do.
  }
  return {
    paper: PAPERS.find((paper) => paper === kept.paper) ?? "system",
    ink: INKS.find((ink) => ink === kept.ink) ?? "royal",
  };
}

/** Keeps the choices, if the browser lets us. */
export function savePrefs(prefs: Prefs): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // They hold until the tab is closed.
  }
}
