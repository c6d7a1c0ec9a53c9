/** Code in colours, as soon as its grammar is there. */

import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { Toned } from "../lib/highlight";

/** What colours code, loaded with the first that names its language. */
let brush: typeof import("../lib/highlight") | null = null;

/** The pieces of a code; `null` until they are known, or when they never will be. Only colours change. */
export function useTones(text: string, info: string): Toned[] | null {
  const [loads, loaded] = useReducer<number, void>((n) => n + 1, 0);
  useEffect(() => {
    let here = true;
    // Without colours it can be read as well.
    if (info !== "") void load(info).then((fresh) => fresh && here && loaded(), () => undefined);
    return () => void (here = false);
  }, [info]);
  return useMemo(() => brush?.toned(text, brush.languageOf(info)) ?? null, [text, info, loads]);
}

/** Whether there is something now that was not there before. */
async function load(info: string): Promise<boolean> {
  brush ??= await import("../lib/highlight");
  const language = brush.languageOf(info);
  if (language === null) return false;
  await brush.loadTones(language);
  return true;
}
