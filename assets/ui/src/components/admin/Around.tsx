/** What is around the server: its machine, names, certificate, disk; what was seen, and what helps. */

import type { ServerCheck } from "../../lib/administration";
import { at } from "../../lib/base";
import { t, type TextKey } from "../../lib/text";
import { Icon } from "../Icon";
import "../../styles/doctor.css";

const TITLES: Record<string, TextKey> = {
  proxy: "admin.check.proxy",
  names: "admin.check.names",
  ports: "admin.check.ports",
  certificate: "admin.check.certificate",
  "local-name": "admin.check.localName",
  clock: "admin.check.clock",
  memory: "admin.check.memory",
  descriptors: "admin.check.descriptors",
  service: "admin.check.service",
  data: "admin.check.data",
  disk: "admin.check.disk",
  sync: "admin.check.sync",
  backups: "admin.check.backups",
};

const VERDICTS = { ok: "good", warn: "caution", fail: "bad" } as const;
const ICONS = { ok: "check", warn: "info", fail: "alert" } as const;
const WORST = { fail: 0, warn: 1, ok: 2 } as const;

/** What needs one comes first. */
export function Around({ checks }: { checks: readonly ServerCheck[] }) {
  const count = (state: ServerCheck["state"]) => checks.filter((each) => each.state === state).length;
  const [broken, worth] = [count("fail"), count("warn")];
  return (
    <>
      <h3>{t("admin.around")}</h3>
      <p class="hint">{t("admin.aroundHint")}</p>
      <p class="lasts">{broken > 0 ? t("admin.broken", { n: broken }) : worth > 0 ? t("admin.worth", { n: worth }) : t("admin.allGood")}</p>
      <ul class="findings around">
        {checks.toSorted((one, other) => WORST[one.state] - WORST[other.state]).map((each) => <Line key={each.id} check={each} />)}
      </ul>
      <a class="button quiet" href={at("/doctor")}>
        {t("admin.mine")}
      </a>
    </>
  );
}

function Line({ check: { id, state, title, detail, remedy } }: { check: ServerCheck }) {
  const known = TITLES[id];
  return (
    <li class={`finding ${VERDICTS[state]}`}>
      <Icon name={ICONS[state]} />
      <div>
        <p>
          <span class="vh">{t(`doctor.verdict.${VERDICTS[state]}`)} </span>
          <b>{known ? t(known) : title}</b>
        </p>
        <p class="hint" lang="en" dir="ltr">
          {detail}
        </p>
        {remedy && (
          <p class="remedy" lang="en" dir="ltr">
            {remedy}
          </p>
        )}
      </div>
    </li>
  );
}
