/** Leaving, with a question when something would be lost. */

import { useState } from "preact/hooks";
import { t } from "../../lib/text";
import { signOut, unsentCount, unsentFiles } from "../../hooks/useAccount";
import { useTask } from "../../hooks/useTask";
import { Button } from "../Button";
import { Confirm } from "../Dialog";
import { ErrorNote } from "../Notice";

/** The last thing on the page. */
export function SignOut() {
  const [asked, setAsked] = useState(false);
  const task = useTask();
  const go = () => void task.run(signOut);
  return (
    <section>
      <ErrorNote text={task.error} />
      <div class="actions">
        <Button icon="signOut" busy={task.busy} onClick={() => (unsentCount() + unsentFiles() > 0 ? setAsked(true) : go())}>
          {t("settings.signOut")}
        </Button>
        <a class="button quiet" href="/doctor">
          {t("doctor.title")}
        </a>
      </div>
      {asked && (
        <Confirm
          title={t("settings.signOut")}
          text={unsentCount() > 0 ? t("settings.signOutAsk", { n: unsentCount() }) : t("settings.signOutFiles", { n: unsentFiles() })}
          action={t("settings.signOut")}
          onYes={go}
          onClose={() => setAsked(false)}
        />
      )}
    </section>
  );
}
