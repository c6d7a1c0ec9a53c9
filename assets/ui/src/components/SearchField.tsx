/** The search field: filters as chips, the words, and below it what can finish an operator. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../lib/text";
import { OPERATORS } from "../lib/query";
import { useCombobox } from "../hooks/useCombobox";
import { filterWords } from "../hooks/useFilterWords";
import { comesBack, type SearchField as Field } from "../hooks/useSearch";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

/** `onDown` goes on into the results, `onLeave` back to where one came from. */
export function SearchField(props: { field: Field; errorId: string | undefined; onDown(): void; onLeave(): void }) {
  const { field } = props;
  const { token, suggestions } = field;
  const input = useRef<HTMLInputElement>(null);
  const [closed, setClosed] = useState("");
  const key = token === null ? "" : `${token.op}:${token.value}`;
  const offered = token === null || closed === key ? [] : suggestions;
  const named = token?.op === "from" || token?.op === "in" || token?.op === "has";
  const list = useCombobox({
    key,
    count: offered.length,
    first: named && token.value !== "" ? 0 : -1,
    onChoose: (at) => field.finish(offered[at] ?? null),
  });
  useLayoutEffect(() => {
    if (!comesBack()) input.current?.focus({ preventScroll: true });
  }, []);
  useLayoutEffect(() => {
    if (field.caret === null || comesBack()) return;
    input.current?.focus({ preventScroll: true });
    input.current?.setSelectionRange(field.caret, field.caret);
  }, [field.caret, field.words, field.filters.length, field.within]);
  const caret = (event: { currentTarget: HTMLInputElement }) => event.currentTarget.selectionStart ?? event.currentTarget.value.length;
  return (
    <div class="qfield">
      <div class="qanchor">
        <div class="qbox" onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
          <Icon name="search" />
          <Chips field={field} />
          <input
            ref={input}
            {...list.field}
            type="text"
            inputMode="search"
            enterkeyhint="search"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            dir={field.words === "" ? undefined : "auto"}
            value={field.words}
            maxLength={500}
            aria-label={t("search.label")}
            aria-describedby={props.errorId}
            aria-invalid={props.errorId ? "true" : undefined}
            placeholder={t(field.filters.length > 0 || field.within !== null ? "search.placeholderMore" : "search.placeholder")}
            onInput={(event) => field.type(event.currentTarget.value, caret(event))}
            onSelect={(event) => field.move(caret(event))}
            onBlur={() => setClosed(key)}
            onFocus={() => setClosed("")}
            onKeyDown={(event) => {
              if (list.onKey(event) || event.isComposing) return;
              if (event.key === "Enter") field.finish(null);
              else if (event.key === "ArrowDown") event.preventDefault(), props.onDown();
              else if (event.key === "Backspace" && event.currentTarget.selectionEnd === 0) dropLast(field);
              else if (event.key === "Escape") {
                event.preventDefault();
                if (offered.length > 0) setClosed(key);
                else if (field.words !== "") field.clear();
                else props.onLeave();
              }
            }}
          />
          {field.words !== "" && <IconButton icon="close" label={t("search.clear")} onClick={field.clear} />}
        </div>
        {token !== null && offered.length > 0 && (
          <div class="qoffer">
            <p aria-hidden="true">{t(`search.offer.${token.op}`)}</p>
            <ul role="listbox" id={list.listId} aria-label={t(`search.offer.${token.op}`)}>
              {offered.map((each, at) => (
                <li
                  key={each.value}
                  id={list.optionId(at)}
                  role="option"
                  aria-selected={at === list.active}
                  // The field keeps the focus.
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => field.finish(each)}
                >
                  <span dir="auto">{each.label}</span>
                  {each.hint !== "" && each.hint !== each.label && <bdi>{each.hint}</bdi>}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
      <Narrow field={field} />
    </div>
  );
}

function dropLast(field: Field): void {
  const last = field.filters.at(-1);
  if (last !== undefined) field.drop(last);
  else if (field.within !== null) field.widen();
}

function Chips({ field }: { field: Field }) {
  const chips = filterWords(field);
  if (chips.length === 0) return null;
  return (
    <ul class="qchips" aria-label={t("search.filters")}>
      {chips.map(({ by, value, words, drop }) => (
        <li key={words}>
          <span>
            {by} <b dir="auto">{value}</b>
          </span>
          <IconButton icon="close" label={t("search.remove", { filter: words })} onClick={drop} />
        </li>
      ))}
    </ul>
  );
}

/** The operators, to press or to learn. */
function Narrow({ field }: { field: Field }) {
  return (
    <div class="qnarrow" role="group" aria-label={t("search.narrow")}>
      {OPERATORS.filter((op) => op !== "in" || field.within === null).map((op) => (
        <button key={op} type="button" onClick={() => field.begin(op)}>
          <code dir="ltr">{op}:</code> {t(`search.add.${op}`)}
        </button>
      ))}
    </div>
  );
}
