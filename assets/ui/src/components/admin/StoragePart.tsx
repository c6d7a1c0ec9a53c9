/** What lies on the disk, how long there is room, and who keeps most. */

import type { AdminStorage } from "../../lib/administration";
import { sizeText } from "../../lib/files";
import { longDay } from "../../lib/time";
import { t } from "../../lib/text";
import { getStorage } from "../../hooks/useAdmin";
import { useLoad } from "../../hooks/useLoad";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";
import { Compaction } from "./Compaction";
import { Fact } from "./Fact";
import { Keepers } from "./Keepers";

/** `/admin/storage` */
export function StoragePart() {
  const { data, error, reload } = useLoad("storage", getStorage);
  return (
    <Section part="storage" title="admin.storage">
      <ErrorNote text={error} />
      {data !== null && <Disk storage={data} onChanged={() => void reload()} />}
    </Section>
  );
}

function Disk({ storage, onChanged }: { storage: AdminStorage; onChanged(): void }) {
  const { messages, files, searchIndex, free, total } = storage;
  const used = messages + files + searchIndex;
  const low = free < storage.reserve;
  const shares = [
    { key: "files", bytes: files },
    { key: "messages", bytes: messages },
    { key: "index", bytes: searchIndex },
    { key: "other", bytes: Math.max(0, total - free - used) },
    { key: "free", bytes: free },
  ] as const;
  return (
    <>
      <p class="lasts">{t("admin.used", { used: sizeText(used), free: sizeText(free) })}</p>
      {low && (
        <p class="error" role="alert">
          {t("admin.low", { reserve: sizeText(storage.reserve) })}
        </p>
      )}
      {storage.lastsDays !== null && <p class="lasts">{lasts(storage.lastsDays, storage.since)}</p>}
      <svg class="disk" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        {shares.map(({ key, bytes }, index) => (
          <rect key={key} class={`slice ${key}`} x={(100 * shares.slice(0, index).reduce((sum, each) => sum + each.bytes, 0)) / total} width={(100 * bytes) / total} height="1" />
        ))}
      </svg>
      <ul class="disk-words">
        {shares.map(({ key, bytes }) => (
          <li key={key}>
            <i class={`slice ${key}`} />
            {t(`admin.share.${key}`, { size: sizeText(bytes) })}
          </li>
        ))}
      </ul>
      <dl class="fact-list">
        <Fact label="admin.maxFile" words={sizeText(storage.maxFile)} />
        <Fact label="admin.quota" words={storage.quota === null ? t("admin.noQuota") : sizeText(storage.quota)} />
        <Fact label="admin.reserve" words={sizeText(storage.reserve)} />
      </dl>
      <p class="hint">{t("admin.limitsHint")}</p>
      <Compaction storage={storage} onBegun={onChanged} />
      {storage.people.length > 0 && <Keepers people={storage.people} onChanged={onChanged} />}
    </>
  );
}

/** The pace is the average of all days so far, and the sentence says so. */
function lasts(days: number, since: string): string {
  const values = { since: longDay(since) };
  if (days > 36_500) return t("admin.lastsLong", values);
  if (days >= 730) return t("admin.lastsYears", { ...values, n: Math.floor(days / 365) });
  if (days >= 60) return t("admin.lastsMonths", { ...values, n: Math.floor(days / 30) });
  return t("admin.lastsDays", { ...values, n: days });
}
