/** How things look in this browser, with a sample that shows it at once. */

import { t } from "../../lib/text";
import { CHOICES, pref, setPref, type Prefs } from "../../hooks/usePref";
import { Choice } from "../Choice";
import { Section } from "./Section";

const PEN = "M2 13c4-10 7-11 8-8s-4 10 0 8 6-12 9-9-3 11 1 9 6-11 9-9-3 10 1 9 5-5 8-8";

/** `/settings/appearance` */
export function Appearance() {
  return (
    <Section part="appearance" title="settings.appearance">
      <Choice label={t("settings.paper")} options={CHOICES.theme} value={pref("theme").value} onChange={(next) => setPref("theme", next)} words={(each) => t(`settings.${each}`)} />
      <Choice
        label={t("settings.ink")}
        hint={t("settings.inkHint")}
        options={CHOICES.ink}
        value={pref("ink").value}
        onChange={(next) => setPref("ink", next)}
        words={(each) => t(`settings.${each}`)}
        draw={(each) => <Pen ink={each} />}
      />
      <Choice
        label={t("settings.density")}
        hint={t("settings.densityHint")}
        options={CHOICES.density}
        value={pref("density").value}
        onChange={(next) => setPref("density", next)}
        words={(each) => t(`settings.${each}`)}
      />
      <Choice
        label={t("settings.textSize")}
        options={CHOICES.textSize}
        value={pref("textSize").value}
        onChange={(next) => setPref("textSize", next)}
        words={(each) => t(`settings.${each}`)}
      />
      <div class="sample page-grid ruled" aria-hidden="true">
        <SampleLine name={t("settings.sampleName")} text={t("settings.sampleTheirs")} />
        <SampleLine mine name={t("line.you")} text={t("settings.sampleYours")} />
      </div>
    </Section>
  );
}

function Pen({ ink }: { ink: Prefs["ink"] }) {
  return (
    <svg class="pen" data-ink={ink} viewBox="0 0 40 18" aria-hidden="true">
      <path d={PEN} />
    </svg>
  );
}

function SampleLine({ name, text, mine }: { name: string; text: string; mine?: boolean }) {
  return (
    <div class={`msg page-grid start${mine ? " mine" : ""}`}>
      <div class="who">
        <b class="name">{name}</b>
      </div>
      <div class="words">
        <p>{text}</p>
      </div>
    </div>
  );
}
