/** Choosing people: a search field with the chosen ones below it, and who can be chosen. Enter takes the first one found. */

import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { calls } from "../lib/match";
import { t } from "../lib/text";
import type { User } from "../lib/wire";
import { presenceShape, presenceText } from "../hooks/useConversations";
import { useDirectory } from "../hooks/usePeople";
import { Avatar } from "./Avatar";
import { IconButton } from "./Button";
import { Field } from "./Field";
import { ErrorNote } from "./Notice";

/** `hide` are ids that can't be chosen (oneself, those already in); `children` stand between the chosen and the others. */
export function PeoplePicker(props: { chosen: User[]; hide: ReadonlySet<string>; onChange(chosen: User[]): void; children?: ComponentChildren }) {
  const { chosen, onChange } = props;
  const [query, setQuery] = useState("");
  const { users, more, failure } = useDirectory(query);
  const box = useRef<HTMLDivElement>(null);
  // What was found for a shorter beginning is shown until the new answer is there, where it still fits.
  const fits = (user: User) => !user.disabled && calls(query, `${user.displayName} ${user.username}`);
  const offered = (users ?? []).filter((user) => !props.hide.has(user.id) && fits(user));
  const isChosen = (user: User) => chosen.some((each) => each.id === user.id);
  const toggle = (user: User) => {
    onChange(isChosen(user) ? chosen.filter((each) => each.id !== user.id) : [...chosen, user]);
    setQuery("");
    if (query !== "") box.current?.querySelector("input")?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const first = offered.find((user) => !isChosen(user));
    const boxes = [...(box.current?.querySelectorAll<HTMLInputElement>("input") ?? [])];
    const at = boxes.findIndex((each) => each === event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && at >= 0) boxes[at + step]?.focus();
    else if (at === 0 && event.key === "Enter" && query.trim() !== "") first && toggle(first);
    else if (at === 0 && event.key === "Backspace" && query === "" && chosen.length > 0) onChange(chosen.slice(0, -1));
    else return;
    event.preventDefault();
  };
  return (
    <div class="picker">
      <div class="picker-keys" ref={box} onKeyDown={onKey}>
        <Field label={t("new.search")} type="search" value={query} onInput={setQuery} autofocus />
        {chosen.length > 0 && (
          <ul class="chips" aria-label={t("new.chosen")}>
            {chosen.map((user) => (
              <li key={user.id}>
                <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} />
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
                <input type="checkbox" checked={isChosen(user)} onChange={() => toggle(user)} />
                <Avatar id={user.id} name={user.displayName} url={user.avatarUrl} presence={presenceShape(user)} />
                <span class="person-words">
                  <b>{user.displayName}</b>
                  <span>{t("common.both", { a: user.username, b: presenceText(user) })}</span>
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
      {props.children}
    </div>
  );
}
