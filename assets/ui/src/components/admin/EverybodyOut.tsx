/** Signs everybody out, for when something was lost or found out. */

import { useState } from "preact/hooks";
import { t } from "../../lib/text";
import { endAllSessions } from "../../hooks/useAdmin";
import { useTask } from "../../hooks/useTask";
import { toast } from "../../hooks/useToast";
import { Button } from "../Button";
import { Confirm } from "../Dialog";
import { ErrorNote } from "../Notice";

export function EverybodyOut() {
  const [asked, setAsked] = useState(false);
  const task = useTask();
  const end = () => void task.run(endAllSessions).then((done) => done && toast({ text: t("entry.everybodyOutDone") }));
  return (
    <>
      <Button kind="fault" icon="signOut" busy={task.busy} onClick={() => setAsked(true)}>
        {t("entry.everybodyOut")}
      </Button>
      <ErrorNote text={task.error} />
      {asked && (
        <Confirm
          title={t("entry.everybodyOut")}
          text={t("entry.everybodyOutAsk")}
          action={t("entry.everybodyOut")}
          onYes={end}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
