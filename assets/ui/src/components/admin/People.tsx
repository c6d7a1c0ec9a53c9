/** Everybody with an account: finding them, inviting more, changing what they may. */

import { useState } from "preact/hooks";
import type { AdminPerson } from "../../lib/administration";
import { t } from "../../lib/text";
import { endSessionsOf, getPeople, usePages } from "../../hooks/useAdmin";
import { patchUser } from "../../hooks/usePeople";
import { useTask } from "../../hooks/useTask";
import { toast } from "../../hooks/useToast";
import { Button } from "../Button";
import { Confirm } from "../Dialog";
import { Field } from "../Field";
import { InviteDialog } from "../InviteDialog";
import { ErrorNote } from "../Notice";
import { Section } from "../settings/Section";
import { LimitDialog } from "./LimitDialog";
import { PersonRow, type Wish } from "./PersonRow";
import { ResetLinkDialog } from "./ResetLinkDialog";

/** What is asked before it is done. */
const QUESTIONS = { promote: "admin.promoteAsk", signOut: "admin.signOutAsk", disable: "people.disableAsk" } as const;
const ACTIONS = { promote: "admin.promote", signOut: "admin.signOut", disable: "people.disable" } as const;

/** `/admin` */
export function People() {
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState<{ wish: Wish; person: AdminPerson } | null>(null);
  const [inviting, setInviting] = useState(false);
  const [total, setTotal] = useState(0);
  const task = useTask();
  const list = usePages(query, async (cursor) => {
    const page = await getPeople(query.trim(), null, cursor);
    setTotal(page.total);
    return { items: page.people, next: page.next };
  });
  const close = () => setAsked(null);
  const carryOut = (wish: Wish, person: AdminPerson): void => {
    const { id, displayName: name } = person;
    void task
      .run(async () => {
        if (wish === "promote" || wish === "demote") await patchUser(id, { role: wish === "promote" ? "admin" : "member" });
        else if (wish === "disable" || wish === "enable") await patchUser(id, { disabled: wish === "disable" });
        else if (wish === "signOut") await endSessionsOf(id);
      })
      .then((done) => {
        if (!done) return;
        if (wish === "signOut") toast({ text: t("admin.signedOut", { name }) });
        if (wish === "demote") toast({ text: t("admin.demoted", { name }), action: { label: t("toast.undo"), run: () => carryOut("promote", { ...person, role: "member" }) } });
        list.reload();
      });
  };
  const start = (wish: Wish, person: AdminPerson) => (wish === "enable" || wish === "demote" ? carryOut(wish, person) : setAsked({ wish, person }));
  const name = asked?.person.displayName ?? "";
  const question = asked !== null && asked.wish in QUESTIONS ? (asked.wish as keyof typeof QUESTIONS) : null;
  return (
    <Section
      part="people"
      title="people.title"
      aside={
        <Button icon="plus" onClick={() => setInviting(true)}>
          {t("invite.title")}
        </Button>
      }
    >
      <Field label={t("people.search")} type="search" value={query} onInput={setQuery} />
      <ErrorNote text={list.error ?? task.error} />
      <p class="hint accounts-count" role="status">
        {list.items !== null && (list.items.length === 0 ? t("admin.nobody", { query }) : t("admin.count", { n: total }))}
      </p>
      <ul class="accounts" aria-label={t("people.title")}>
        {list.items?.map((person) => <PersonRow key={person.id} person={person} onWish={(wish) => start(wish, person)} />)}
      </ul>
      {list.more && <Button onClick={list.loadMore}>{t("details.showMore")}</Button>}
      {asked !== null && question !== null && (
        <Confirm
          title={t("admin.about", { action: t(ACTIONS[question]), name })}
          text={t(QUESTIONS[question], { name })}
          action={t(ACTIONS[question])}
          onYes={() => carryOut(question, asked.person)}
          onClose={close}
        />
      )}
      {asked?.wish === "limit" && <LimitDialog whose={{ ...asked.person, user: asked.person }} onDone={list.reload} onClose={close} />}
      {asked?.wish === "link" && <ResetLinkDialog person={asked.person} onClose={close} />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Section>
  );
}
