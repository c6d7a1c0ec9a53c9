/** The quick switcher: a few letters of a name, Enter, and one is there, or it is done. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../lib/text";
import { useCommands, type Command } from "../hooks/useCommands";
import { useCombobox } from "../hooks/useCombobox";
import { roomOf, usePlaces } from "../hooks/usePlaces";
import { useTask } from "../hooks/useTask";
import { Icon } from "./Icon";
import { KeysOf } from "./Keys";
import { ErrorNote } from "./Notice";
import { PlaceRow } from "./PlaceRow";
import "../styles/switcher.css";

/** `onGo` gets a conversation's id, `onDo` a command, `onSearch` what to look for in messages instead. After `>` it lists commands only. */
export function Switcher(props: { onGo(id: string): void; onDo(command: Command): void; onSearch(words: string): void; onClose(): void }) {
  const box = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const words = typed.trim();
  const found = usePlaces(words.startsWith(">") ? "" : typed);
  const places = words.startsWith(">") ? [] : found;
  const commands = useCommands(typed);
  const task = useTask();
  // Before anything is drawn: the next key is already meant for it.
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const choose = (at: number) => {
    const place = places[at];
    const command = commands[at - places.length];
    if (place !== undefined) void task.run(async () => props.onGo(await roomOf(place)));
    else if (command !== undefined) props.onDo(command);
    else props.onSearch(words);
  };
  const last = places.length + commands.length;
  const list = useCombobox({ key: words, count: last + 1, first: 0, onChoose: choose });
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
        {commands.length > 0 && (
          <li role="group" class="go-do" aria-label={t("go.do")}>
            <p aria-hidden="true">{t("go.do")}</p>
            <ul role="none">
              {commands.map((command, at) => (
                <li key={command.id} {...option(places.length + at)} class="place command">
                  <Icon name={command.icon} />
                  <span dir="auto">{command.words}</span>
                  {command.keys && (
                    <span aria-hidden="true">
                      <KeysOf id={command.keys} />
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </li>
        )}
        <li key="messages" {...option(last)} class="place messages">
          <Icon name="search" />
          <span>{words === "" ? t("go.messagesEmpty") : t("go.messages", { words })}</span>
        </li>
      </ul>
      <p class="vh" role="status">
        {words === "" ? "" : last === 0 ? t("go.none") : t("go.found", { n: last })}
      </p>
    </dialog>
  );
}
