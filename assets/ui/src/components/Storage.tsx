/** How much one's files take on the server, and how much they may. */

import { fullness, sizeText } from "../lib/files";
import { t } from "../lib/text";
import { useUsage } from "../hooks/useUploads";

/** A line of words and a thin measure; nothing until the server has answered. */
export function Storage() {
  const usage = useUsage();
  if (usage === null) return null;
  const { quota } = usage;
  const full = fullness(usage.used, quota);
  const used = sizeText(usage.used);
  const words = quota === null ? t("settings.storageFree", { used }) : t("settings.storageUsed", { used, quota: sizeText(quota) });
  return (
    <div class="option storage">
      <div>
        <span class="option-name">{t("settings.storage")}</span>
        {full !== "free" && <span class="hint caution-words">{t(full === "full" ? "limit.mineFull" : "limit.mineNear")}</span>}
        <span class="hint">{t("settings.storageHint", { max: sizeText(usage.maxFile) })}</span>
      </div>
      <div class="storage-measure">
        <span class="num">{words}</span>
        {quota !== null && <meter min={0} max={quota} high={quota * 0.9} value={usage.used} aria-label={t("settings.storage")} />}
      </div>
    </div>
  );
}
