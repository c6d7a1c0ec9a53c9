/** The quick switcher: a few letters of a name, Enter, and one is there. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../lib/text";
import { useCombobox } from "../hooks/useCombobox";
import { roomOf, usePlaces } from "../hooks/usePlaces";
import { useTask } from "../hooks/useTask";
import { Icon } from "./Icon";
import { ErrorNote } from "./Notice";
import { PlaceRow } from "./PlaceRow";
import "../styles/switcher.css";

/** `onGo` gets a conversation's id, `onSearch` what to look for in messages instead. */
export function Switcher(props: { onGo(id: string): void; onSearch(words: string): void; onClose(): void }) {
  const box = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const places = usePlaces(typed);
  const task = useTask();
  const words = typed.trim();
  // Before anything is drawn: the next key is already meant for it.
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const choose = (at: number) => {
    const place = places[at];
    if (place === undefined) return props.onSearch(words);
    void task.run(async () => props.onGo(await roomOf(place)));
  };
  const list = useCombobox({ key: words, count: places.length + 1, first: 0, onChoose: choose });
  const option = (at: number) => ({
    id: list.optionId(at),
    role: "option" as const,
    "aria-selected": at === list.active,
    onMouseDown: (event: MouseEvent) => event.preventDefault(),
    onClick: () => choose(at),
  });
  return (
    <dialog
      ref={box}
      class="switcher"
      aria-label={t("go.title")}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => event.target === box.current && props.onClose()}
    >
      <div class="switcher-field">
        <Icon name="search" />
        <input
          {...list.field}
          type="text"
          inputMode="search"
          enterkeyhint="go"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          autofocus
          dir={typed === "" ? undefined : "auto"}
          maxLength={80}
          value={typed}
          aria-label={t("go.label")}
          placeholder={t("go.placeholder")}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => void list.onKey(event)}
        />
        <kbd aria-hidden="true">Esc</kbd>
      </div>
      <ErrorNote text={task.error} />
      <ul role="listbox" id={list.listId} aria-label={t("go.list")} aria-busy={task.busy}>
        {places.map((place, at) => (
          <li key={place.id} {...option(at)} class="place">
            <PlaceRow place={place} />
          </li>
        ))}
        <li key="messages" {...option(places.length)} class="place messages">
          <Icon name="search" />
          <span>{words === "" ? t("go.messagesEmpty") : t("go.messages", { words })}</span>
        </li>
      </ul>
      <p class="vh" role="status">
        {words === "" ? "" : places.length === 0 ? t("go.none") : t("go.found", { n: places.length })}
      </p>
    </dialog>
  );
}
