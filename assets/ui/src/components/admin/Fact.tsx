/** One line of a list of facts. */

import type { ComponentChildren } from "preact";
import { t, type TextKey } from "../../lib/text";

/** In a `dl`; `hint` explains the label. */
export function Fact({ label, words, hint }: { label: TextKey; words: ComponentChildren; hint?: string }) {
  return (
    <div>
      <dt>
        {t(label)}
        {hint && <span class="hint">{hint}</span>}
      </dt>
      <dd class="num">{words}</dd>
    </div>
  );
}
