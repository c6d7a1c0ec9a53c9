/** How the server is, in words first. */

import type { ComponentChildren } from "preact";
import type { AdminHealth, Certificate } from "../../lib/administration";
import { sizeText } from "../../lib/files";
import { dayAndClock, longDay } from "../../lib/time";
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
        {health.certificate !== null && <CertificateCheck certificate={health.certificate} />}
        {health.compacting && <Check good words={t("server.compacting")} />}
        {health.setAside.length > 0 && <SetAside kept={health.setAside} />}
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

/** `children` stand below the words. */
function Check({ good, words, children }: { good: boolean; words: string; children?: ComponentChildren }) {
  return (
    <li class={good ? "check" : "check caution"}>
      <Icon name={good ? "check" : "alert"} />
      <div>
        <p>{words}</p>
        {children}
      </div>
    </li>
  );
}

/** Why there is none, and what helps, stands with what is around the server. */
function CertificateCheck({ certificate: { validUntil, renewalAt, trouble } }: { certificate: Certificate }) {
  const day = validUntil && longDay(validUntil);
  if (trouble === null) return day === null || renewalAt === null ? null : <Check good words={t("server.certificate", { day, from: longDay(renewalAt) })} />;
  return (
    <Check good={false} words={day === null ? t("server.certificateNone") : t("server.certificateTrouble", { day })}>
      <p class="hint">{t("server.nextTry", { when: dayAndClock(trouble.nextTryAt) })}</p>
    </Check>
  );
}

function SetAside({ kept }: { kept: AdminHealth["setAside"] }) {
  return (
    <Check good={false} words={t("server.setAside", { n: kept.length })}>
      <p class="hint">{t("server.setAsideHint")}</p>
      <ul>
        {kept.map(({ name, why }) => (
          <li key={name} class="hint" lang="en" dir="ltr">
            <bdi>{name}</bdi>: {why}
          </li>
        ))}
      </ul>
    </Check>
  );
}
