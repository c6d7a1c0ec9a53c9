/** What can finish the `@name` or `:emoji` before the caret. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { byBeginning, callingAt, endedCode } from "../lib/compose";
import { emojiOf, findEmoji, toned } from "../lib/emoji";
import { replaceIn } from "../lib/field";
import { calls } from "../lib/match";
import { compareNames, t } from "../lib/text";
import { myId } from "../state/account";
import { conversation } from "../state/conversations";
import { useCombobox, type Combobox } from "./useCombobox";
import { emojis, emojiUse, loadEmojis, takeEmoji } from "./useEmoji";
import { useMembers } from "./useMembers";

/** Something to choose; `face` is whose picture stands before it, `glyph` an emoji. */
export interface Offer {
  key: string;
  words: string;
  hint: string;
  insert(): string;
  face?: { id: string; name: string; url: string | undefined };
  glyph?: string;
}

/** What is offered, and the keys that choose. */
export interface Offers {
  kind: "name" | "emoji";
  list: readonly Offer[];
  box: Combobox;
  take(at: number): void;
  /** Handles a key; says whether it did. */
  onKey(event: KeyboardEvent): boolean;
}

const MOST = 8;

/** `caret` is -1 while the field has no focus, or a selection. */
export function useCalling(field: { current: HTMLTextAreaElement | null }, conversationId: string, text: string, caret: number): Offers {
  const calling = useMemo(() => (caret < 0 ? null : callingAt(text, caret)), [text, caret]);
  const kind = calling?.kind ?? "name";
  const key = calling === null ? "" : `${kind} ${calling.start} ${calling.typed}`;
  const [closed, setClosed] = useState("");
  const people = usePeopleFor(conversationId, calling?.kind === "name" ? calling.typed : null);
  const glyphs = useGlyphsFor(calling?.kind === "emoji" ? calling.typed : null);
  const open = calling !== null && closed !== `${kind} ${calling.start}`;
  const list = open ? (kind === "name" ? people : glyphs) : [];
  const take = (at: number) => {
    const offer = list[at];
    const box = field.current;
    if (offer === undefined || calling === null || box === null) return;
    const room = /^\s/.test(box.value.slice(caret)) ? "" : " ";
    replaceIn(box, calling.start, caret, offer.insert() + room);
  };
  const box = useCombobox({ key, count: list.length, first: 0, onChoose: take });
  return {
    kind,
    list,
    box,
    take,
    onKey(event) {
      if (list.length === 0 || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return false;
      if (event.key === "Tab" && !event.shiftKey) take(box.active);
      else if (event.key === "Escape") setClosed(`${kind} ${calling?.start ?? 0}`);
      else return !event.shiftKey && box.onKey(event);
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

function usePeopleFor(conversationId: string, typed: string | null): Offer[] {
  const members = useMembers(conversationId, typed !== null);
  if (typed === null) return [];
  const room = conversation(conversationId);
  const called = members.filter((who) => who.id !== myId() && !who.disabled && (calls(typed, who.displayName) || calls(typed, who.username) || who.username.startsWith(typed.toLowerCase())));
  const people = byBeginning(called, typed, compareNames).map((who): Offer => {
    const face = { id: who.id, name: who.displayName, url: who.avatarUrl };
    return { key: who.id, words: who.displayName, hint: `@${who.username}`, face, insert: () => `@${who.username}` };
  });
  const n = (room?.memberCount ?? 1) - 1;
  const fits = room?.isGroup === true && n > 0 && (calls(typed, "all") || calls(typed, t("write.all")));
  const all: Offer = { key: "all", words: t("write.all"), hint: t("write.allHint", { n }), insert: () => "@all" };
  if (!fits) return people.slice(0, MOST);
  // Calling everybody is never what a hasty Enter does, unless one has begun to write it.
  return typed.length > 1 ? [all, ...people.slice(0, MOST - 1)] : [...people.slice(0, MOST - 1), all];
}

function useGlyphsFor(typed: string | null): Offer[] {
  useEffect(() => {
    if (typed !== null) void loadEmojis();
  }, [typed === null]);
  const all = emojis.value;
  if (typed === null || all === null) return [];
  return findEmoji(all, typed, MOST, emojiUse.value.recent).map((each) => ({
    key: each.glyph,
    words: each.name,
    hint: `:${each.codes[0] ?? ""}:`,
    glyph: toned(each, emojiUse.value.tone),
    insert: () => takeEmoji(each),
  }));
}

/** Turns `:smile:` into the emoji when its second colon was typed. */
export async function convertCode(box: HTMLTextAreaElement): Promise<void> {
  const caret = box.selectionStart;
  const { value } = box;
  const ended = endedCode(value, caret);
  if (ended === null) return;
  await loadEmojis();
  const found = emojiOf(emojis.peek() ?? [], ended.code);
  if (found !== undefined && box.value === value && box.selectionStart === caret) replaceIn(box, ended.start, caret, takeEmoji(found));
}
