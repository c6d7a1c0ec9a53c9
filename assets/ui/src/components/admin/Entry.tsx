/** Who may make an account, and how long an unused device stays signed in. */

import { useState } from "preact/hooks";
import type { HouseRules, Registration } from "../../lib/administration";
import { t } from "../../lib/text";
import { getHouse, patchHouse } from "../../hooks/useAdmin";
import { useLoad } from "../../hooks/useLoad";
import { useTask } from "../../hooks/useTask";
import { Choice } from "../Choice";
import { Confirm } from "../Dialog";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";

const WHO = { closed: ["entry.closed", "entry.closedHint"], invite: ["entry.invite", "admin.closed"], open: ["entry.open", "entry.openHint"] } as const;
const DAYS = [1, 7, 30, 90, 365];

/** What was chosen holds at once; a shorter life of sessions asks, because it signs people out. */
export function Entry() {
  const { data, error, reload } = useLoad("house", getHouse);
  const [shorter, setShorter] = useState<number | null>(null);
  const task = useTask();
  // What was chosen shows at once; a refusal takes it back.
  const [chosen, setChosen] = useState<Partial<HouseRules>>({});
  const settle = (change: Partial<HouseRules>) => {
    setChosen(change);
    void task.run(async () => (await patchHouse(change), await reload())).then(() => setChosen({}));
  };
  const rules = data && { ...data, ...chosen };
  const days = rules?.sessionIdleDays ?? 0;
  return (
    <Section part="entry" title="entry.title">
      <ErrorNote text={error ?? task.error} />
      {rules !== null && (
        <>
          <Choice
            label={t("entry.who")}
            hint={t(WHO[rules.registration][1])}
            options={Object.keys(WHO) as Registration[]}
            value={rules.registration}
            onChange={(registration) => settle({ registration })}
            words={(each) => t(WHO[each][0])}
          />
          <Choice
            label={t("entry.idle")}
            hint={t("entry.idleHint")}
            options={[...new Set([...DAYS, days])].sort((one, other) => one - other)}
            value={days}
            onChange={(next) => (next < days ? setShorter(next) : settle({ sessionIdleDays: next }))}
            words={(each) => t("entry.days", { n: each })}
          />
        </>
      )}
      {shorter !== null && (
        <Confirm
          title={`${t("entry.idle")}: ${t("entry.days", { n: shorter })}`}
          text={t("entry.idleAsk", { n: shorter })}
          action={t("entry.idleDo")}
          onYes={() => settle({ sessionIdleDays: shorter })}
          onClose={() => (setShorter(null), void reload())}
        />
      )}
    </Section>
  );
}
