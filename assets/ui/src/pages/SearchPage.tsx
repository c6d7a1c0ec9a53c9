/** `/search?q=…&in=…`: one field, and what it finds: people and conversations, then messages. */

import { useLocation } from "preact-iso";
import { useId, useRef } from "preact/hooks";
import "../lib/laterWords";
import { at } from "../lib/base";
import { t } from "../lib/text";
import { useNearEnd } from "../hooks/useFiles";
import { placesOf, roomOf, type Place } from "../hooks/usePlaces";
import { useFound, useResultsPlace, useSearchField, type Found } from "../hooks/useSearch";
import { useTask } from "../hooks/useTask";
import { useTitle } from "../hooks/useTitle";
import { Button, IconButton } from "../components/Button";
import { ConnectionStrip } from "../components/ConnectionStrip";
import { ErrorNote } from "../components/Notice";
import { PlaceRow } from "../components/PlaceRow";
import { SearchField } from "../components/SearchField";
import { SearchHits } from "../components/SearchHits";
import { NothingFound, SearchFailure, SearchLessons } from "../components/SearchNotes";
import "../styles/query.css";
import "../styles/places.css";
import "../styles/hits.css";
import "../styles/lessons.css";


/** Results appear while one types and stay until better ones are there. */
export function SearchPage() {
  const field = useSearchField();
  const found = useFound(field.question);
  const { answer, failure } = found;
  const { box, onScroll, onFollow } = useResultsPlace(answer, field.question);
  const page = useRef<HTMLElement>(null);
  const faultId = useId();
  useTitle(t("search.title"));
  const places = answer === null ? [] : placesOf(answer.rooms, answer.people, 5);
  const none = answer !== null && answer.hits.length === 0 && places.length === 0 && answer.next === null;
  const teaches = useLessons(field.question.q.trim() === "", answer !== null || failure !== null);
  return (
    <main class="main search" aria-label={t("search.title")} ref={page} onKeyDown={(event) => moveFocus(event, page.current)}>
      <search class="qhead page-grid">
        <div class="head-lead">
          <IconButton icon="back" mirror class="phone-only" label={t("search.back")} onClick={goBack} />
        </div>
        <SearchField field={field} errorId={failure === null ? undefined : faultId} onDown={() => focusFirst(page.current)} onLeave={goBack} />
      </search>
      <ConnectionStrip />
      <div class="results" ref={box} onScroll={onScroll}>
        <div class="log page-grid" aria-busy={found.busy}>
          <SearchFailure failure={failure} id={faultId} onAgain={found.again} />
          {answer === null && found.busy && !teaches && <p class="page-note qwait">{t("search.searching")}</p>}
          {teaches && <SearchLessons />}
          {places.length > 0 && <Places places={places} />}
          {answer !== null && (answer.hits.length > 0 || answer.next !== null) && <Messages found={found} onFollow={onFollow} />}
          {none && <NothingFound field={field} asked={answer.wish.q} />}
          {answer?.indexing && (
            <div class="qnote" role="note">
              <p>{t("search.indexing")}</p>
              <Button icon="retry" onClick={found.again}>
                {t("search.again")}
              </Button>
            </div>
          )}
        </div>
      </div>
      <p class="vh" role="status">
        {summary(found, none)}
      </p>
    </main>
  );
}

/** The lessons stay until the first answer is there, so that the page is never bare in between. */
function useLessons(empty: boolean, answered: boolean): boolean {
  const shown = useRef(empty);
  shown.current = empty || (shown.current && !answered);
  return shown.current;
}

function summary({ answer, busy }: Found, none: boolean): string {
  if (busy) return t("search.searching");
  if (answer === null) return "";
  if (none) return t("search.none");
  const n = answer.hits.length;
  return answer.next === null ? t("search.count", { n }) : t("search.countMore", { n });
}

function Places({ places }: { places: readonly Place[] }) {
  const { route } = useLocation();
  const task = useTask();
  const go = (place: Place) => void task.run(async () => route(`/conversations/${await roomOf(place)}`));
  return (
    <section class="places page-grid">
      <h2>{t("search.named")}</h2>
      <ul>
        {places.map((place) => (
          <li key={place.id}>
            {place.room === null ? (
              <button type="button" class="place" data-stop onClick={() => go(place)}>
                <PlaceRow place={place} />
              </button>
            ) : (
              <a class="place" data-stop href={at(`/conversations/${place.room.id}`)}>
                <PlaceRow place={place} />
              </a>
            )}
          </li>
        ))}
      </ul>
      <ErrorNote text={task.error} />
    </section>
  );
}

function Messages({ found, onFollow }: { found: Found; onFollow(messageId: string): void }) {
  const { answer } = found;
  const load = () => found.failure === null && found.more();
  const end = useNearEnd(load);
  if (answer === null) return null;
  return (
    <section class="found page-grid">
      <h2>
        {t("search.messages")} <span>{t("search.took", { n: answer.tookMs })}</span>
      </h2>
      <SearchHits hits={answer.hits} onFollow={onFollow} />
      <div class="page-note" ref={end}>
        {answer.next !== null && t("search.more")}
      </div>
    </section>
  );
}

function goBack(): void {
  history.back();
}

function stops(page: HTMLElement | null): HTMLElement[] {
  return [...(page?.querySelectorAll<HTMLElement>("[data-stop], a.hit") ?? [])];
}

function focusFirst(page: HTMLElement | null): void {
  stops(page)[0]?.focus();
}

/** Up and down walk through what was found, and from the first back into the field. */
function moveFocus(event: KeyboardEvent, page: HTMLElement | null): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const all = stops(page);
  const at = all.findIndex((stop) => stop === document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  const to = at + (event.key === "ArrowDown" ? 1 : -1);
  if (to < 0) page?.querySelector<HTMLElement>("[role=combobox]")?.focus();
  else all[to]?.focus();
}
