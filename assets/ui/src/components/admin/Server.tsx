/** How the server is, in words first. */

import type { AdminHealth } from "../../lib/administration";
import { sizeText } from "../../lib/files";
import { dayAndClock } from "../../lib/time";
import { countText, t } from "../../lib/text";
import { getHealth } from "../../hooks/useAdmin";
import { useLoad } from "../../hooks/useLoad";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";
import { Around } from "./Around";
import { Fact } from "./Fact";

/** `/admin/server` */
export function Server() {
  const { data, error, reload } = useLoad("health", getHealth);
  return (
    <Section
      part="server"
      title="admin.server"
      aside={
        <Button icon="retry" onClick={() => void reload()}>
          {t("admin.again")}
        </Button>
      }
    >
      <ErrorNote text={error} />
      {data !== null && <Health health={data} />}
    </Section>
  );
}

function Health({ health }: { health: AdminHealth }) {
  const behind = health.indexing || health.searchLag > 1000;
  return (
    <>
      <ul class="checks">
        <Check good words={t("admin.runs", { when: dayAndClock(health.startedAt) })} />
        <Check good={!behind} words={health.indexing ? t("admin.indexing") : behind ? t("admin.behind", { n: health.searchLag }) : t("admin.indexed")} />
        <Check good={health.errors === 0} words={health.errors === 0 ? t("admin.noErrors") : t("admin.errors", { n: health.errors })} />
      </ul>
      <dl class="fact-list">
        <Fact label="admin.version" words={<bdi dir="ltr">{health.version}</bdi>} />
        <Fact label="admin.peopleHere" words={countText(health.peopleOnline)} />
        <Fact label="admin.connections" hint={t("admin.connectionsHint")} words={countText(health.connections)} />
        <Fact label="admin.memory" words={health.memory === null ? t("presence.unknown") : sizeText(health.memory)} />
        <Fact label="admin.events" hint={t("admin.eventsHint")} words={countText(health.events)} />
      </dl>
      <Around checks={health.checks} />
    </>
  );
}

function Check({ good, words }: { good: boolean; words: string }) {
  return (
    <li class={good ? "check" : "check caution"}>
      <Icon name={good ? "check" : "alert"} />
      {words}
    </li>
  );
}
