/** Making an account without an invitation, where everybody may. */

import { useLocation } from "preact-iso";
import "../lib/laterWords";
import { at } from "../lib/base";
import { t } from "../lib/text";
import { getSetup, register, session } from "../hooks/useAccount";
import { useLoad } from "../hooks/useLoad";
import { Cover } from "../components/Cover";
import { NewAccount } from "../components/NewAccount";

/** `/register` */
export function RegisterPage() {
  const { route } = useLocation();
  const open = session.value.registration === "open";
  const server = useLoad("", () => getSetup("")).data;
  return (
    <Cover serverName={server?.serverName}>
      <h1>{t(open ? "register.title" : "register.closed")}</h1>
      <p class="lede">{t(open ? "join.lede" : "register.closedText")}</p>
      {open && <NewAccount action={t("signin.register")} submit={(who) => register(who).then(() => route("/", true))} />}
      <p class="hint">
        <a href={at("/signin")}>{t("join.have")}</a>
      </p>
    </Cover>
  );
}
