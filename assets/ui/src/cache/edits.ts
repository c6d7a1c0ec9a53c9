/** Changes of lines that are under way in this tab, kept in sessionStorage: a reload does not lose them. */

const KEY = "inkspot.edits";

interface Kept {
  userId: string;
  edits: [id: string, words: string][];
}

/** The words so far by the ids of the messages; nobody else's. */
export function loadEdits(userId: string): Map<string, string> {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
    return new Map(kept?.userId === userId ? kept.edits : []);
  } catch {
    // Unreadable or refused.
    return new Map();
  }
}

/** Keeps them, if the browser lets us; none is as if there had never been one. */
export function saveEdits(userId: string, edits: ReadonlyMap<string, string>): void {
  try {
    if (edits.size === 0) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify({ userId, edits: [...edits] } satisfies Kept));
  } catch {
    // Full or refused.
  }
}
