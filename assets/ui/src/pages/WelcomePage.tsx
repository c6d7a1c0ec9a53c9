/** No conversation is open: what one can do next. */

import { t } from "../lib/text";
import { session } from "../hooks/useAccount";
import { listPhase, sortedConversations } from "../hooks/useConversations";
import { useTitle } from "../hooks/useTitle";
import { Button } from "../components/Button";
import { EmptyPage } from "../components/EmptyPage";

/** Another text for those who have no conversation yet. */
export function WelcomePage({ onNew, onInvite }: { onNew?(): void; onInvite?(): void }) {
  useTitle("");
  const first = listPhase.value === "ready" && sortedConversations.value.length === 0;
  return (
    <EmptyPage title={t("empty.title")} text={t(first ? "empty.first" : "empty.text")}>
      <Button kind="primary" icon="pen" onClick={() => onNew?.()}>
        {t("empty.new")}
      </Button>
      {session.value.user?.role === "admin" && <Button onClick={() => onInvite?.()}>{t("empty.invite")}</Button>}
    </EmptyPage>
  );
}
