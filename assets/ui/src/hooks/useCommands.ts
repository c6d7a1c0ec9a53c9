/** The commands of the quick switcher, a moment after it opened. */

import { useEffect, useState } from "preact/hooks";
import type { Command } from "./commands";

export type { Command, Opens } from "./commands";

type Find = typeof import("./commands").commandsFor;

/** What fits; nothing until they are loaded, or where they can't be. */
export function useCommands(typed: string): readonly Command[] {
  const [find, setFind] = useState<Find | null>(null);
  useEffect(() => {
    import("./commands").then(
      (it) => setFind(() => it.commandsFor),
      () => undefined,
    );
  }, []);
  return find === null ? [] : find(typed.trim());
}
