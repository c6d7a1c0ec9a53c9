/** The left pane: the way to the search, the list of conversations, and who one is. */

import { useRef } from "preact/hooks";
import { at } from "../lib/base";
import { t } from "../lib/text";
import { loadMoreList } from "../hooks/useConversations";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import { KeysOf } from "./Keys";
import { ListFoot, ListNote, ListTitle } from "./ListNotes";
import { MeBar } from "./MeBar";
import { Rows } from "./Rows";
import { ViewMenu } from "./ViewMenu";
import { Wordmark } from "./Mark";

/** `currentId` is the open conversation; `searching`: the search is open; `onNew` opens the dialog for a new one. */
export function ConversationList({ currentId, searching, onNew }: { currentId: string | null; searching: boolean; onNew(): void }) {
  const find = useRef<HTMLAnchorElement>(null);
  const side = useRef<HTMLElement>(null);
  return (
    <nav class="side" ref={side} aria-label={t("list.label")}>
      <header class="side-head">
        <Wordmark />
        <ViewMenu />
        <IconButton icon="pen" class="side-new" label={t("list.new")} onClick={onNew} />
      </header>
      <a
        ref={find}
        class="find"
        href={at("/search")}
        aria-current={searching ? "page" : undefined}
        aria-keyshortcuts="Control+Shift+F Meta+Shift+F"
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          side.current?.querySelector<HTMLElement>("a.row")?.focus();
        }}
      >
        <Icon name="search" />
        {t("list.search")}
        <span class="find-keys" aria-hidden="true">
          <KeysOf id="search" />
        </span>
      </a>
      <ListTitle />
      <Rows currentId={currentId} onUp={() => find.current?.focus()} onNearEnd={() => void loadMoreList()}>
        <ListNote onNew={onNew} />
        <ListFoot />
      </Rows>
      <MeBar />
    </nav>
  );
}
