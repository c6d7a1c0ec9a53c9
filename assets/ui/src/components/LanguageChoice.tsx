/** The language of the interface, each called as those who speak it call it. Kept in this browser. */

import { useId } from "preact/hooks";
import { LANGUAGE_NAMES } from "../lib/languageNames";
import { t } from "../lib/text";
import { CHOICES, pref, setPref } from "../hooks/usePref";
import { Icon } from "./Icon";

/** A row of the settings. */
export function LanguageChoice() {
  const id = useId();
  return (
    <div class="option">
      <label for={id} class="option-name">
        {t("settings.languageLabel")}
      </label>
      <Languages id={id} />
    </div>
  );
}

/** At the edge of the pages before one is in. Who can't read the page knows the sign. */
export function LanguageCorner() {
  const id = useId();
  return (
    <div class="language-corner">
      <label for={id}>
        <Icon name="globe" small />
        <span class="vh">{t("settings.language")}</span>
      </label>
      <Languages id={id} />
    </div>
  );
}

/** A menu, since the names are too many and too foreign to one another to stand side by side. */
function Languages({ id }: { id: string }) {
  const chosen = pref("language").value;
  return (
    <select id={id} class="select" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
      {CHOICES.language.map((each) => (
        <option key={each} value={each} lang={each === "auto" ? undefined : each} selected={each === chosen}>
          {each === "auto" ? t("settings.languageAuto") : LANGUAGE_NAMES[each]}
        </option>
      ))}
    </select>
  );
}

function choose(value: string): void {
  const language = CHOICES.language.find((each) => each === value);
  if (language !== undefined) setPref("language", language);
}
