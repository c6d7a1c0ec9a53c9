/** The first steps of a new account: three cards at most, beside what one does and never in front of it. */

import { useState } from "preact/hooks";
import "../lib/laterWords";
import { t } from "../lib/text";
import { session } from "../hooks/useAccount";
import { pref, setPref } from "../hooks/usePref";
import { Button } from "./Button";
import { KeysOf } from "./Keys";
import "../styles/tour.css";

/** An account that is older needs no tour, whatever browser it signs in with. */
const NEW = 7 * 24 * 3_600_000;

type Card = "invite" | "rule" | "keys";

const TITLES = { invite: "tour.invite", rule: "tour.rule", keys: "tour.keys" } as const;
const TEXTS = { invite: "tour.inviteText", rule: "tour.ruleText", keys: "tour.keysText" } as const;

/** Nothing for those who have seen it. */
export function Tour({ onInvite }: { onInvite(): void }) {
  const [step, setStep] = useState(0);
  const user = session.value.user;
  if (user === null || pref("tourDone").value || Date.now() - Date.parse(user.createdAt) > NEW) return null;
  const cards: Card[] = ["rule"];
  if (user.role === "admin") cards.unshift("invite");
  if (matchMedia("(hover: hover)").matches) cards.push("keys");
  const card = cards[step] ?? "rule";
  const last = step >= cards.length - 1;
  const end = () => setPref("tourDone", true);
  return (
    <aside class="tour" aria-label={t("tour.label")} onKeyDown={(event) => event.key === "Escape" && end()}>
      {cards.length > 1 && <p class="step">{t("setup.step", { n: step + 1, of: cards.length })}</p>}
      <div role="status">
        <h2>{t(TITLES[card])}</h2>
        <p>{t(TEXTS[card])}</p>
      </div>
      {card === "rule" && (
        <ul class="tour-rules">
          {(["sending", "sent", "failed"] as const).map((state) => (
            <li key={state} class={state}>
              {t(`tour.rule.${state}`)}
            </li>
          ))}
        </ul>
      )}
      {card === "keys" && (
        <ul class="tour-keys">
          <li>
            <KeysOf id="go" /> {t("keys.go")}
          </li>
          <li>
            <KeysOf id="keys" /> {t("keys.sheet")}
          </li>
        </ul>
      )}
      <div class="actions">
        <Button kind="primary" onClick={last ? end : () => setStep(step + 1)}>
          {t(last ? "tour.done" : "tour.next")}
        </Button>
        {card === "invite" && <Button onClick={onInvite}>{t("invite.title")}</Button>}
        {!last && (
          <Button kind="quiet" onClick={end}>
            {t("tour.skip")}
          </Button>
        )}
      </div>
    </aside>
  );
}
