/** The words about what the server sees around itself: many, and read by few, so they come when they are needed. */

import { language } from "../lib/language";
import type { CheckWords } from "../lib/checks";
import { useLoad } from "./useLoad";

const english = () => import("../words/en/checks").then((it) => it.checks);

const WORDS: Record<string, () => Promise<CheckWords>> = {
  de: () => import("../words/de/checks").then((it) => it.checks),
  es: () => import("../words/es/checks").then((it) => it.checks),
  zh: () => import("../words/zh/checks").then((it) => it.checks),
  ar: () => import("../words/ar/checks").then((it) => it.checks),
};

/** Those of the language that is spoken: `undefined` while they come, `null` where they can't be had. */
export function useCheckWords(): CheckWords | null | undefined {
  const spoken = language.value.tag.split("-")[0] ?? "";
  const { data, error } = useLoad<CheckWords>(spoken, WORDS[spoken] ?? english);
  return data ?? (error === null ? undefined : null);
}
