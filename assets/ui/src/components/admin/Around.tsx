/** What is around the server: its machine, names, certificate, disk; what was seen, and what helps. */

import type { CheckId } from "../../../../../docs/protocol";
import type { ServerCheck } from "../../lib/administration";
import { at } from "../../lib/base";
import { tell, type CheckWords, type Piece } from "../../lib/checks";
import { t, type TextKey } from "../../lib/text";
import { useCheckWords } from "../../hooks/useCheckWords";
import { Icon } from "../Icon";
import "../../styles/doctor.css";

const TITLES: Record<CheckId, TextKey> = {
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
  const words = useCheckWords();
  const count = (state: ServerCheck["state"]) => checks.filter((each) => each.state === state).length;
  const [broken, worth] = [count("fail"), count("warn")];
  if (words === undefined) return null;
  return (
    <>
      <h3>{t("admin.around")}</h3>
      <p class="hint">{t("admin.aroundHint")}</p>
      <p class="lasts">{broken > 0 ? t("admin.broken", { n: broken }) : worth > 0 ? t("admin.worth", { n: worth }) : t("admin.allGood")}</p>
      <ul class="findings around">
        {checks.toSorted((one, other) => WORST[one.state] - WORST[other.state]).map((each) => <Line key={each.id} check={each} words={words} />)}
      </ul>
      <a class="button quiet" href={at("/doctor")}>
        {t("admin.mine")}
      </a>
    </>
  );
}

/** What a newer server says, or one whose words can't be had, is said as it says it: in English. */
function Line({ check, words }: { check: ServerCheck; words: CheckWords | null }) {
  const { id, state, title, detail, remedy } = check;
  const told = words && tell(check, words, Date.now());
  const helps = told === null ? (remedy ?? null) : told.remedy;
  return (
    <li class={`finding ${VERDICTS[state]}`}>
      <Icon name={ICONS[state]} />
      <div>
        <p>
          <span class="vh">{t(`doctor.verdict.${VERDICTS[state]}`)} </span>
          <b>{isKnown(id) ? t(TITLES[id]) : <bdi lang="en">{title}</bdi>}</b>
        </p>
        <p class="hint">
          <Pieces of={told?.detail ?? detail} />
        </p>
        {helps !== null && (
          <p class="remedy">
            <Pieces of={helps} />
          </p>
        )}
      </div>
    </li>
  );
}

/** Commands, settings and paths stand as they are typed; a whole text is the server's own. */
function Pieces({ of }: { of: string | readonly Piece[] }) {
  if (typeof of === "string") {
    return (
      <span lang="en" dir="ltr">
        {of}
      </span>
    );
  }
  return <>{of.map((piece, at) => (typeof piece === "string" ? piece : <code key={at} dir="ltr">{piece.typed}</code>))}</>;
}

function isKnown(id: string): id is CheckId {
  return Object.hasOwn(TITLES, id);
}
