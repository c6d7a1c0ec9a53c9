/** The connection doctor: looks step by step what works, and says what to do about the rest. */

import "../lib/laterWords";
import { at } from "../lib/base";
import { t } from "../lib/text";
import type { Finding } from "../lib/doctor";
import { session } from "../hooks/useAccount";
import { useCopy } from "../hooks/useCopy";
import { useDoctor } from "../hooks/useDoctor";
import { useTitle } from "../hooks/useTitle";
import { Button } from "../components/Button";
import { Cover } from "../components/Cover";
import { Icon } from "../components/Icon";
import "../styles/doctor.css";

/** `/doctor`, also for those who are not signed in */
export function DoctorPage() {
  useTitle(t("doctor.title"));
  const { findings, report, again } = useDoctor();
  const { copied, copy } = useCopy();
  const wrong = findings?.filter((each) => each.verdict === "bad").length ?? 0;
  const missing = findings?.filter((each) => each.verdict === "caution").length ?? 0;
  return (
    <Cover>
      <h1>{t("doctor.title")}</h1>
      <p class="lede" role="status">
        {findings === null ? t("doctor.looking") : wrong > 0 ? t("doctor.wrong", { n: wrong }) : missing > 0 ? t("doctor.missing", { n: missing }) : t("doctor.fine")}
      </p>
      <ol class="findings" aria-busy={findings === null}>
        {findings?.map((each) => <Line key={each.id} finding={each} />)}
      </ol>
      <div class="actions">
        <Button icon="retry" busy={findings === null} onClick={again}>
          {t("doctor.again")}
        </Button>
        <Button icon="copy" disabled={findings === null} onClick={() => copy(report)}>
          {t("doctor.copy")}
        </Button>
        <span class="hint" role="status">
          {copied && t("doctor.copied")}
        </span>
      </div>
      <div class="actions onward">
        <a class="button quiet" href={at("/")}>
          {t("app.home")}
        </a>
        {session.value.user?.role === "admin" && (
          <a class="button quiet" href={at("/admin/server")}>
            {t("admin.around")}
          </a>
        )}
      </div>
    </Cover>
  );
}

const ICONS = { good: "check", caution: "info", bad: "alert" } as const;

function Line({ finding }: { finding: Finding }) {
  const { verdict, words, values, remedy } = finding;
  return (
    <li class={`finding ${verdict}`}>
      <Icon name={ICONS[verdict]} />
      <div>
        <p>
          <span class="vh">{t(`doctor.verdict.${verdict}`)} </span>
          {t(words, values)}
        </p>
        {remedy && <p class="hint">{t(remedy)}</p>}
      </div>
    </li>
  );
}
