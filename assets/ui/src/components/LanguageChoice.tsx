/** The language of the interface, each called as those who speak it call it. */

import { useId } from "preact/hooks";
import { CHOICES, pref, setPref, type Prefs } from "../hooks/usePref";
import { t } from "../lib/text";

const NAMES: Record<Exclude<Prefs["language"], "auto">, string> = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  zh: "简体中文",
  ar: "العربية",
};

/** A menu, since the names are too many and too foreign to one another to stand side by side. */
export function LanguageChoice() {
  const id = useId();
  const chosen = pref("language").value;
  return (
    <div class="option">
      <label for={id} class="option-name">
        {t("settings.languageLabel")}
      </label>
      <select id={id} class="select" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        {CHOICES.language.map((each) => (
          <option key={each} value={each} lang={each === "auto" ? undefined : each} selected={each === chosen}>
            {each === "auto" ? t("settings.languageAuto") : NAMES[each]}
          </option>
        ))}
      </select>
    </div>
  );
}

function choose(value: string): void {
  const language = CHOICES.language.find((each) => each === value);
  if (language !== undefined) setPref("language", language);
}
