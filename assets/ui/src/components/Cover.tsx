/** The pages before one is in: a cover with the mark at the side, and a sheet with a form. */

import type { ComponentChildren } from "preact";
import { BASE } from "../lib/base";
import { t } from "../lib/text";
import { LanguageCorner } from "./LanguageChoice";
import { Mark, Wordmark } from "./Mark";
import "../styles/cover.css";

/** `serverName` may be unknown yet. */
export function Cover({ serverName, children }: { serverName?: string | undefined; children: ComponentChildren }) {
  return (
    <div class="cover-page">
      <aside class="cover">
        <Wordmark />
        <div class="cover-mark">
          <Mark size={120} />
        </div>
        <dl>
          {serverName && (
            <div>
              <dt>{t("door.server")}</dt>
              <dd>
                <bdi>{serverName}</bdi>
              </dd>
            </div>
          )}
          <div>
            <dt>{t("door.address")}</dt>
            <dd>
              <bdi dir="ltr">{`${location.origin}${BASE}`}</bdi>
            </dd>
          </div>
        </dl>
        <p>{t("door.local")}</p>
      </aside>
      <main class="cover-sheet">
        <div class="cover-words">{children}</div>
        <LanguageCorner />
      </main>
    </div>
  );
}
