/** Which key sends, and all the others. */

import { t } from "../../lib/text";
import { CHOICES, pref, setPref } from "../../hooks/usePref";
import { Choice } from "../Choice";
import { ShortcutTable } from "../ShortcutsSheet";
import { Section } from "./Section";

/** `/settings/keyboard` */
export function Keyboard() {
  const key = pref("sendKey").value;
  return (
    <Section part="keyboard" title="settings.keyboard">
      <Choice
        label={t("settings.sendKey")}
        hint={t(key === "enter" ? "settings.sendKeyEnter" : "settings.sendKeyMod")}
        options={CHOICES.sendKey}
        value={key}
        onChange={(next) => setPref("sendKey", next)}
        words={(each) => (each === "enter" ? t("keys.enter") : `${MAC ? "⌘" : t("keys.ctrl")} ${t("keys.enter")}`)}
      />
      <details class="more">
        <summary>{t("settings.allKeys")}</summary>
        <ShortcutTable />
      </details>
    </Section>
  );
}

const MAC = /^(Mac|iP)/.test(navigator.platform);
