/** Whose files take most, how near they are to their limits, and changing those. */

import { useState } from "preact/hooks";
import type { Keeper } from "../../lib/administration";
import { fullness, sizeText } from "../../lib/files";
import { t } from "../../lib/text";
import { Avatar } from "../Avatar";
import { Button } from "../Button";
import { LimitDialog } from "./LimitDialog";

/** The biggest first, as the server gives them. */
export function Keepers({ people, onChanged }: { people: readonly Keeper[]; onChanged(): void }) {
  const [asked, setAsked] = useState<Keeper | null>(null);
  return (
    <>
      <h3 id="keepers">{t("admin.keepers")}</h3>
      <ul class="accounts" aria-labelledby="keepers">
        {people.map((keeper) => (
          <KeeperRow key={keeper.user.id} keeper={keeper} most={people[0]?.fileBytes ?? 1} onChange={() => setAsked(keeper)} />
        ))}
      </ul>
      {asked !== null && <LimitDialog whose={asked} onDone={onChanged} onClose={() => setAsked(null)} />}
    </>
  );
}

function KeeperRow({ keeper, most, onChange }: { keeper: Keeper; most: number; onChange(): void }) {
  const { user, fileBytes, quota } = keeper;
  const full = fullness(fileBytes, quota);
  const used = sizeText(fileBytes);
  return (
    <li class="keeper measured">
      <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} />
      <span class="account-name">
        <b>
          <bdi>{user.displayName}</bdi>
        </b>
        <span class="hint">
          {quota === null ? used : t("limit.of", { used, quota: sizeText(quota) })}
          {full !== "free" && <span class="account-mark caution-words">{t(full === "full" ? "limit.full" : "limit.near")}</span>}
        </span>
      </span>
      <meter min={0} max={quota ?? most} high={(quota ?? Infinity) * 0.9} value={fileBytes} aria-hidden="true" />
      <Button label={t("limit.changeLabel", { name: user.displayName })} onClick={onChange}>
        {t("limit.change")}
      </Button>
    </li>
  );
}
