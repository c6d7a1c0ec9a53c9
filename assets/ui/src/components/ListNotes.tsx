/** What stands above and below the rows: which part of the list it is, why there is nothing, what was put away. */

import { countText, t } from "../lib/text";
import { explain } from "../lib/failure";
import { listFailure, listPhase, loadList } from "../hooks/useConversations";
import { listView, showList } from "../hooks/useListView";
import { archivedCount, shownCount } from "../hooks/useSections";
import { Button, IconButton } from "./Button";
import { Icon } from "./Icon";

/** Says which part is shown, with the way back to all. */
export function ListTitle() {
  const view = listView.value;
  if (view === "all") return null;
  return (
    <div class="list-title">
      <IconButton icon={view === "archived" ? "back" : "close"} mirror label={t("list.viewAll")} onClick={() => showList("all")} />
      <h2>{t(`list.view.${view}`)}</h2>
    </div>
  );
}

/** Instead of rows: that they could not be loaded, or that there are none and what to do. */
export function ListNote({ onNew }: { onNew(): void }) {
  const view = listView.value;
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
  if (shownCount(view) > 0) return null;
  return (
    <div class="rows-note">
      <p>{t(view === "all" && archivedCount() > 0 ? "list.none.away" : `list.none.${view}`)}</p>
      {(view === "all" || view === "groups" || view === "people") && (
        <Button icon="pen" onClick={onNew}>
          {t("list.new")}
        </Button>
      )}
    </div>
  );
}

/** The way to what was put away, if anything was. */
export function ListFoot() {
  const count = archivedCount();
  if (listView.value !== "all" || count === 0) return null;
  return (
    <button type="button" class="rows-foot" onClick={() => showList("archived")}>
      <Icon name="archive" small />
      {t("list.view.archived")}
      <span class="num">{countText(count)}</span>
    </button>
  );
}
