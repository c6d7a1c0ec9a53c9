/** Code in colours, as soon as its grammar is there. */

import { useEffect, useMemo, useReducer } from "preact/hooks";
import { languageOf, loadTones, toned, type Toned } from "../lib/highlight";

/** The pieces of a code; `null` until they are known, or when they never will be. Only colours change. */
export function useTones(text: string, info: string): Toned[] | null {
  const [loads, loaded] = useReducer<number, void>((n) => n + 1, 0);
  const language = languageOf(info);
  useEffect(() => {
    let here = true;
    if (language !== null) {
      // Without colours it can be read as well.
      loadTones(language).then((fresh) => fresh && here && loaded(), () => undefined);
    }
    return () => void (here = false);
  }, [language]);
  return useMemo(() => toned(text, language), [text, language, loads]);
}
