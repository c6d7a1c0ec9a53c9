/** The left pane: the way to the search, the list of conversations, and who one is. */

import { t } from "../lib/text";
import {
  listFailure,
  listHasMore,
  listPhase,
  loadList,
  loadMoreList,
  sortedConversations,
} from "../hooks/useConversations";
import { explain } from "../lib/failure";
import { Button, IconButton } from "./Button";
import { ConversationRow } from "./ConversationRow";
import { Icon } from "./Icon";
import { KeysOf } from "./Keys";
import { MeBar } from "./MeBar";
import { Wordmark } from "./Mark";

/** `currentId` is the open conversation; `searching`: the search is open; `onNew` opens the dialog for a new one. */
export function ConversationList({ currentId, searching, onNew }: { currentId: string | null; searching: boolean; onNew(): void }) {
  const found = sortedConversations.value;
  return (
    <nav class="side" aria-label={t("list.label")} onKeyDown={(event) => moveFocus(event, event.currentTarget)}>
      <header class="side-head">
        <Wordmark />
      </header>
      <div class="side-tools">
        <a class="find" href="/search" aria-current={searching ? "page" : undefined} aria-keyshortcuts="Control+Shift+F Meta+Shift+F">
          <Icon name="search" />
          {t("list.search")}
          <span class="find-keys" aria-hidden="true">
            <KeysOf id="search" />
          </span>
        </a>
        <IconButton icon="pen" label={t("list.new")} onClick={onNew} />
      </div>
      <div class="rows" onScroll={(event) => nearEnd(event.currentTarget) && void loadMoreList()}>
        {found.map((room) => (
          <ConversationRow key={room.id} room={room} current={room.id === currentId} />
        ))}
        <ListNote empty={found.length === 0} onNew={onNew} />
      </div>
      <MeBar />
    </nav>
  );
}

function ListNote({ empty, onNew }: { empty: boolean; onNew(): void }) {
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
  return (
    <div class="rows-note">
      <p>{t("list.none")}</p>
      <Button icon="pen" onClick={onNew}>
        {t("list.new")}
      </Button>
    </div>
  );
}

/** Up and down walk through the search and the rows. */
function moveFocus(event: KeyboardEvent, side: HTMLElement): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [...side.querySelectorAll<HTMLElement>("a.find, a.row")];
  const at = stops.findIndex((stop) => stop === document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  stops[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
}

function nearEnd(box: HTMLElement): boolean {
  return listHasMore.value && box.scrollHeight - box.scrollTop - box.clientHeight < 400;
}
