/** The first account of a server, then its first invitation. */

import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import "../lib/laterWords";
import { at } from "../lib/base";
import { joinNames, t } from "../lib/text";
import { getSetup, openSession, postSetup } from "../hooks/useAccount";
import { useLoad } from "../hooks/useLoad";
import { useNewcomers } from "../hooks/useNewcomers";
import { Button } from "../components/Button";
import { Cover } from "../components/Cover";
import { InviteCard } from "../components/InviteCard";
import { NewAccount } from "../components/NewAccount";

type Made = Awaited<ReturnType<typeof postSetup>>;

/** `/setup?token=…` */
export function SetupPage() {
  const { query } = useLocation();
  const token = query["token"] ?? "";
  const setup = useLoad(token, () => getSetup(token));
  const [made, setMade] = useState<Made | null>(null);
  const serverName = setup.data?.serverName;
  if (made !== null) return <SecondStep made={made} serverName={serverName} />;
  const closed = setup.code === "setup_done" || setup.data?.needed === false;
  if (closed) return <Refused serverName={serverName} title={t("setup.done")} text={t("setup.doneText")} />;
  if (setup.error !== null) return <Refused serverName={serverName} title={t("setup.invalid")} text={setup.error} />;
  if (setup.data?.valid === false) {
    return <Refused serverName={serverName} title={t("setup.invalid")} text={t("setup.invalidText")} />;
  }
  return (
    <Cover serverName={serverName}>
      <p class="step">{t("setup.step", { n: 1, of: 2 })}</p>
      <h1>{t("setup.title")}</h1>
      <p class="lede">{t("setup.lede")}</p>
      <NewAccount action={t("setup.go")} submit={async (who) => setMade(await postSetup(token, who))} />
    </Cover>
  );
}

function SecondStep({ made, serverName }: { made: Made; serverName: string | undefined }) {
  const { route } = useLocation();
  const open = async () => {
    await openSession();
    route(made.conversation ? `/conversations/${made.conversation.id}` : "/", true);
  };
  return (
    <Cover serverName={serverName}>
      <p class="step">{t("setup.step", { n: 2, of: 2 })}</p>
      <h1>{t("setup.inviteTitle")}</h1>
      <p class="lede">{t("invite.hint")}</p>
      {made.invite && <InviteCard invite={made.invite} title={made.conversation?.title} />}
      <Newcomers known={made.user.id} />
      <div class="actions">
        <Button kind="primary" onClick={() => void open()}>
          {t("setup.open")}
        </Button>
      </div>
    </Cover>
  );
}

/** Says live who has come in by the invitation. */
function Newcomers({ known }: { known: string }) {
  const users = useNewcomers(known);
  return (
    <p class="newcomers" role="status">
      {users.length === 0 ? <span class="hint">{t("setup.waiting")}</span> : t("setup.came", { names: joinNames(users.map((user) => user.displayName)) })}
    </p>
  );
}

function Refused({ serverName, title, text }: { serverName: string | undefined; title: string; text: string }) {
  return (
    <Cover serverName={serverName}>
      <h1>{title}</h1>
      <p class="lede">{text}</p>
      <div class="actions">
        <a class="button primary" href={at("/")}>
          {t("signin.go")}
        </a>
      </div>
    </Cover>
  );
}
