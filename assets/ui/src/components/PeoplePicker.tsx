/** Choosing people: a search field, the chosen ones, and who can be chosen. */

import { useState } from "preact/hooks";
import { t } from "../lib/text";
import type { User } from "../lib/wire";
import { presenceShape, presenceText } from "../hooks/useConversations";
import { useDirectory } from "../hooks/usePeople";
import { Avatar } from "./Avatar";
import { IconButton } from "./Button";
import { Field } from "./Field";
import { ErrorNote } from "./Notice";

/** `hide` are ids that can't be chosen (oneself, those already in). */
export function PeoplePicker(props: { chosen: User[]; hide: ReadonlySet<string>; onChange(chosen: User[]): void }) {
  const { chosen, onChange } = props;
  const [query, setQuery] = useState("");
  const { users, more, failure } = useDirectory(query);
  const offered = (users ?? []).filter((user) => !props.hide.has(user.id) && !user.disabled);
  const toggle = (user: User) => {
    const rest = chosen.filter((each) => each.id !== user.id);
    onChange(rest.length === chosen.length ? [...chosen, user] : rest);
    if (rest.length === chosen.length) setQuery("");
  };
  return (
    <div class="picker">
      <Field label={t("new.search")} type="search" value={query} onInput={setQuery} autofocus />
      {chosen.length > 0 && (
        <ul class="chips" aria-label={t("new.chosen")}>
          {chosen.map((user) => (
            <li key={user.id}>
              <span dir="auto">{user.displayName}</span>
              <IconButton icon="close" label={t("new.remove", { name: user.displayName })} onClick={() => toggle(user)} />
            </li>
          ))}
        </ul>
      )}
      <ErrorNote text={failure} />
      <ul class="people" aria-label={t("new.people")}>
        {offered.map((user) => (
          <li key={user.id}>
            <label class="person">
              <input type="checkbox" checked={chosen.some((each) => each.id === user.id)} onChange={() => toggle(user)} />
              <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} presence={presenceShape(user)} />
              <span class="person-words">
                <b>{user.displayName}</b>
                <span>
                  <bdi>{user.username}</bdi>, {presenceText(user)}
                </span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {users !== null && offered.length === 0 && (
        <p class="hint">{query.trim() === "" ? t("new.alone") : t("new.nobody", { query: query.trim() })}</p>
      )}
      {more && <p class="hint">{t("new.more")}</p>}
    </div>
  );
}
