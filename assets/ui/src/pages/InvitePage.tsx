/** An invitation: who invites, and the form to come in; or joining, for those who have an account. */

import { useLocation, useRoute } from "preact-iso";
import "../lib/laterWords";
import { at } from "../lib/base";
import { t } from "../lib/text";
import type { InvitePreview } from "../lib/wire";
import { openSession, session } from "../hooks/useAccount";
import { useLoad } from "../hooks/useLoad";
import { acceptInvite, joinByInvite, previewInvite } from "../hooks/usePeople";
import { useTask } from "../hooks/useTask";
import { Button } from "../components/Button";
import { Cover } from "../components/Cover";
import { NewAccount } from "../components/NewAccount";
import { ErrorNote } from "../components/Notice";

/** `/invite/:code` */
export function InvitePage() {
  const code = useRoute().params["code"] ?? "";
  const { route } = useLocation();
  const preview = useLoad(code, () => previewInvite(code));
  if (preview.error !== null) {
    const ended = preview.code === "invite_invalid" || preview.code === "not_found";
    return (
      <Cover>
        <h1>{t("join.invalid")}</h1>
        <p class="lede">{ended ? t("join.invalidText") : preview.error}</p>
        <div class="actions">
          <a class="button" href={at("/")}>
            {t("join.have")}
          </a>
        </div>
      </Cover>
    );
  }
  if (preview.data === null) return <Cover>{null}</Cover>;
  // Who has an account comes back here after signing in.
  const signIn = at(`/signin?invite=${encodeURIComponent(code)}`);
  const { invitedBy: name, conversationTitle: title, serverName, obstacle } = preview.data;
  return (
    <Cover serverName={serverName}>
      <h1>{title === null ? t("join.title", { name }) : t("join.titleRoom", { name, title })}</h1>
      {session.value.phase === "in" ? (
        <Join code={code} preview={preview.data} />
      ) : obstacle !== null ? (
        <>
          <p class="lede">{t(`join.obstacle.${obstacle}`)}</p>
          <div class="actions">
            <a class="button" href={signIn}>
              {t("join.have")}
            </a>
          </div>
        </>
      ) : (
        <>
          <p class="lede">{t("join.lede")}</p>
          <NewAccount
            action={t("join.go")}
            submit={async (who) => {
              const { conversation } = await acceptInvite(code, who);
              await openSession();
              route(conversation ? `/conversations/${conversation.id}` : "/", true);
            }}
          />
          <p class="hint">
            <a href={signIn}>{t("join.have")}</a>
          </p>
        </>
      )}
    </Cover>
  );
}

function Join({ code, preview }: { code: string; preview: InvitePreview }) {
  const { route } = useLocation();
  const task = useTask();
  const { conversationTitle: title, obstacle } = preview;
  const shut = obstacle !== null && obstacle !== "registration";
  return (
    <>
      <p class="lede">{t("join.signedIn", { name: session.value.user?.displayName ?? "" })}</p>
      {shut && <p>{t(`join.obstacle.${obstacle}`)}</p>}
      <ErrorNote text={task.error} />
      <div class="actions">
        {title !== null && !shut && (
          <Button
            kind="primary"
            busy={task.busy}
            onClick={() => void task.run(async () => route(`/conversations/${await joinByInvite(code)}`, true))}
          >
            {t("join.joinRoom", { title })}
          </Button>
        )}
        <a class="button" href={at("/")}>
          {t("join.open")}
        </a>
      </div>
    </>
  );
}
