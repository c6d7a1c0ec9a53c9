/** The left pane: the list of conversations, its filter, and who one is. */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../lib/text";
import {
  listFailure,
  listHasMore,
  listPhase,
  loadList,
  loadMoreList,
  sortedConversations,
  titleOf,
} from "../hooks/useConversations";
import { explain } from "../lib/failure";
import { Button, IconButton } from "./Button";
import { ConversationRow } from "./ConversationRow";
import { Icon } from "./Icon";
import { MeBar } from "./MeBar";
import { Wordmark } from "./Mark";

/** `currentId` is the open conversation; `onNew` opens the dialog for a new one. */
export function ConversationList({ currentId, onNew }: { currentId: string | null; onNew(): void }) {
  const [query, setQuery] = useState("");
  const filter = useRef<HTMLInputElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  useFilterKey(filter);
  const wanted = query.trim().toLocaleLowerCase();
  const found = sortedConversations.value.filter((room) => titleOf(room).toLocaleLowerCase().includes(wanted));
  const step = (event: KeyboardEvent) => moveFocus(event, rows.current, filter.current);
  return (
    <nav class="side" aria-label={t("list.label")} onKeyDown={step}>
      <header class="side-head">
        <Wordmark />
      </header>
      <div class="side-tools">
        <div class="find">
          <Icon name="search" />
          <input
            ref={filter}
            type="search"
            value={query}
            aria-label={t("list.filter")}
            aria-keyshortcuts="Control+K Meta+K"
            placeholder={t("list.filterPlaceholder")}
            onInput={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setQuery("");
              if (event.key === "Enter") rows.current?.querySelector<HTMLElement>("a.row")?.click();
            }}
          />
          <kbd aria-hidden="true">{navigator.platform.startsWith("Mac") ? "⌘ K" : "Ctrl K"}</kbd>
        </div>
        <IconButton icon="pen" label={t("list.new")} onClick={onNew} />
      </div>
      <div class="rows" ref={rows} onScroll={(event) => nearEnd(event.currentTarget) && void loadMoreList()}>
        {found.map((room) => (
          <ConversationRow key={room.id} room={room} current={room.id === currentId} />
        ))}
        <ListNote query={query.trim()} empty={found.length === 0} onNew={onNew} />
      </div>
      <MeBar />
    </nav>
  );
}

function ListNote({ query, empty, onNew }: { query: string; empty: boolean; onNew(): void }) {
  if (listPhase.value === "failed") {
    return (
      <div class="rows-note" role="alert">
        <p>{t("list.retry", { reason: explain(listFailure.value) })}</p>
        <Button icon="retry" onClick={() => void loadList()}>
          {t("page.retry")}
        </Button>
      </div>
    );
  }
  if (listPhase.value === "new") return <p class="rows-note vh">{t("list.loading")}</p>;
  if (!empty) return null;
  if (query !== "") return <p class="rows-note">{t("list.nobody", { query })}</p>;
  return (
    <div class="rows-note">
      <p>{t("list.none")}</p>
      <Button icon="pen" onClick={onNew}>
        {t("list.new")}
      </Button>
    </div>
  );
}

function useFilterKey(filter: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      filter.current?.focus();
      filter.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [filter]);
}

/** Up and down walk through the filter and the rows. */
function moveFocus(event: KeyboardEvent, rows: HTMLElement | null, filter: HTMLElement | null): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [filter, ...(rows?.querySelectorAll<HTMLElement>("a.row") ?? [])];
  const at = stops.findIndex((stop) => stop === document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  stops[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
}

function nearEnd(box: HTMLElement): boolean {
  return listHasMore.value && box.scrollHeight - box.scrollTop - box.clientHeight < 400;
}
