/** Leaving, with a question when something would be lost. */

import { useEffect } from "preact/hooks";
import "../lib/laterWords";
import { explain } from "../lib/failure";
import { t } from "../lib/text";
import { signOut, unsentCount, unsentFiles } from "../hooks/useAccount";
import { toast } from "../hooks/useToast";
import { Confirm } from "./Dialog";

const leave = () => void signOut().catch((error: unknown) => toast({ text: explain(error), kind: "fault" }));

/** Signs out when it is drawn, or asks; `onClose` must stop drawing it. */
export function SignOutAsk({ onClose }: { onClose(): void }) {
  const [lines, files] = [unsentCount(), unsentFiles()];
  const ask = lines + files > 0;
  useEffect(() => {
    if (ask) return;
    onClose();
    leave();
  }, []);
  if (!ask) return null;
  const text = lines > 0 ? t("settings.signOutAsk", { n: lines }) : t("settings.signOutFiles", { n: files });
  return <Confirm title={t("settings.signOut")} text={text} action={t("settings.signOut")} onYes={leave} onClose={onClose} />;
}
