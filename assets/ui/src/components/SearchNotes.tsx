/** What the search page says when there is nothing to list: how to search, and what was not found. */

import { explain, type Failure } from "../lib/failure";
import { parseQuery } from "../lib/query";
import { t } from "../lib/text";
import { filterWords } from "../hooks/useFilterWords";
import type { SearchField } from "../hooks/useSearch";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { KeysOf } from "./Keys";
import { Mark } from "./Mark";

/** Searches to learn from; what each finds stands beside it. */
const LESSONS = [
  ["begin", "gard"],
  ["phrase", '"garden party"'],
  ["not", "garden -rain"],
  ["from", "from:wren"],
  ["in", 'in:"Book club"'],
  ["has", "has:image"],
  ["on", `on:${isoDay(new Date())}`],
] as const;

/** `2026-11-22`, here. */
function isoDay(day: Date): string {
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** The empty field teaches. */
export function SearchLessons() {
  const [before, after] = t("search.teachKeys", { key: "\n" }).split("\n");
  return (
    <div class="lessons page-grid">
      <div class="empty-mark">
        <Mark size={28} />
      </div>
      <div>
        <h2>{t("search.teach")}</h2>
        <p>{t("search.teachText")}</p>
        <dl>
          {LESSONS.map(([key, example]) => (
            <div key={key}>
              <dt>
                <code dir="ltr">{example}</code>
              </dt>
              <dd>{t(`search.teach.${key}`)}</dd>
            </div>
          ))}
        </dl>
        <p class="lessons-keys">
          {before}
          <KeysOf id="go" />
          {after}
        </p>
      </div>
    </div>
  );
}

/** Says what was looked for (`asked`, while one types on), and offers to look less narrowly. */
export function NothingFound({ field, asked }: { field: SearchField; asked: string }) {
  const chips = filterWords(field);
  const filters = chips.map((chip) => chip.words).join(", ");
  const words = parseQuery(asked).words.trim();
  return (
    <div class="lessons page-grid">
      <div class="empty-mark">
        <Icon name="search" />
      </div>
      <div>
        <h2>{t("search.none")}</h2>
        <p>{words === "" ? t("search.noneFilters", { filters }) : t("search.noneWords", { words, filters: filters && ` ${filters}` })}</p>
        {chips.length > 0 ? (
          <div class="actions">
            {chips.map((chip) => (
              <Button key={chip.words} icon="close" onClick={chip.drop}>
                {t("search.without", { filter: chip.words })}
              </Button>
            ))}
          </div>
        ) : (
          <p class="hint">{t("search.noneHint")}</p>
        )}
      </div>
    </div>
  );
}

/** Why there is no answer: about what was typed, or about the connection. */
export function SearchFailure({ failure, id, onAgain }: { failure: Failure | null; id: string; onAgain(): void }) {
  const typed = failure?.field === "q";
  return (
    <div role="alert" class="qfault">
      {failure !== null && (
        <p class="error" id={id}>
          <Icon name="alert" small />
          {typed ? (
            // What can't be understood, and where, is told by the server alone; it speaks English.
            <span lang="en" dir="ltr">
              {failure.message}
            </span>
          ) : (
            <span>{t("search.failed", { reason: explain(failure) })}</span>
          )}
        </p>
      )}
      {failure !== null && !typed && (
        <Button icon="retry" onClick={onAgain}>
          {t("search.again")}
        </Button>
      )}
    </div>
  );
}
