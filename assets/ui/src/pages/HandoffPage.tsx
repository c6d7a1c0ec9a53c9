/** A link that another device of one's own made: as whom it signs in here, and whether one wants that. */

import { useLocation, useRoute } from "preact-iso";
import "../lib/laterWords";
import { at } from "../lib/base";
import { t } from "../lib/text";
import { openSession, session } from "../hooks/useAccount";
import { acceptHandoff, getHandoff } from "../hooks/useHandoff";
import { useLoad } from "../hooks/useLoad";
import { useTask } from "../hooks/useTask";
import { useTitle } from "../hooks/useTitle";
import { Button } from "../components/Button";
import { Cover } from "../components/Cover";
import { ErrorNote } from "../components/Notice";

/** `/handoff/:code` */
export function HandoffPage() {
  useTitle(t("handoff.title"));
  const code = useRoute().params["code"] ?? "";
  const { route } = useLocation();
  const found = useLoad(code, () => getHandoff(code));
  const task = useTask();
  const here = session.value.phase === "in" ? session.value.user : null;
  if (found.error !== null || task.code === "handoff_invalid") {
    const over = found.code === "handoff_invalid" || task.code === "handoff_invalid";
    return (
      <Cover>
        <h1>{t("handoff.invalid")}</h1>
        <p class="lede">{over ? t("handoff.invalidText") : found.error}</p>
        <div class="actions">
          <a class="button" href={at("/")}>
            {t(here === null ? "reset.signIn" : "handoff.open")}
          </a>
        </div>
      </Cover>
    );
  }
  if (found.data === null) return <Cover>{null}</Cover>;
  const { username, displayName, serverName } = found.data;
  if (here?.username === username) {
    return (
      <Cover serverName={serverName}>
        <h1>{t("handoff.signedIn")}</h1>
        <div class="actions">
          <a class="button primary" href={at("/")}>
            {t("handoff.open")}
          </a>
        </div>
      </Cover>
    );
  }
  const accept = async () => {
    await acceptHandoff(code);
    await openSession();
    route("/", true);
  };
  return (
    <Cover serverName={serverName}>
      <h1>{t("handoff.as", { name: displayName })}</h1>
      <p class="lede">{t("handoff.lede", { username })}</p>
      {here !== null && <p>{t("handoff.instead", { name: here.displayName })}</p>}
      <ErrorNote text={task.error} />
      <div class="actions">
        <Button kind="primary" busy={task.busy} onClick={() => void task.run(accept)}>
          {t("handoff.go")}
        </Button>
        <a class="button" href={at("/")}>
          {t("handoff.no")}
        </a>
      </div>
    </Cover>
  );
}
