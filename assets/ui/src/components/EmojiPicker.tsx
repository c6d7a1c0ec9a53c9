/** All emoji: search, those used lately, groups, skin tones. At a desk it stands over the composer, on a phone at its foot. */

import { useEffect, useRef, useState } from "preact/hooks";
import "../styles/emoji.css";
import "../lib/laterWords";
import { findEmoji, GROUPS, toned, TONES, type Emoji } from "../lib/emoji";
import { t } from "../lib/text";
import { chooseTone, emojiUse, takeEmoji, useEmojis } from "../hooks/useEmoji";
import { EmojiGrid } from "./EmojiGrid";
import { Icon, type IconName } from "./Icon";
import { Tabs } from "./Tabs";

type Tab = "recent" | `${(typeof GROUPS)[number]}`;

const ICONS: Record<Tab, IconName> = {
  recent: "clock", 0: "smile", 1: "user", 3: "leaf", 4: "cup", 5: "car", 6: "ball", 7: "bulb", 8: "hash", 9: "flag",
};
const MOST = 120;

const nameOf = (tab: Tab) => (tab === "recent" ? t("emoji.recent") : t(`emoji.group${tab}`));

/** `onClose(true)`: the focus goes back to the button. With Shift one chooses several. */
export function EmojiPicker({ opener, onChoose, onClose }: { opener: { current: HTMLElement | null }; onChoose(glyph: string): void; onClose(back: boolean): void }) {
  const all = useEmojis();
  const box = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState("");
  const [tab, setTab] = useState<Tab>(emojiUse.peek().recent.length > 0 ? "recent" : "0");
  const [shown, setShown] = useState<Emoji | null>(null);
  // What was used just now does not move under the hand.
  const [recent] = useState(emojiUse.peek().recent);
  useEffect(() => {
    // A phone would raise its keyboard over the emoji.
    if (matchMedia("(hover: hover)").matches) search.current?.focus({ preventScroll: true });
    else box.current?.focus({ preventScroll: true });
    const outside = (event: Event) => event.target instanceof Node && !box.current?.contains(event.target) && !opener.current?.contains(event.target) && onClose(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const choose = (emoji: Emoji, more: boolean) => {
    const back = document.activeElement;
    onChoose(takeEmoji(emoji));
    if (!more) onClose(false);
    else if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  };
  const list = all === null ? [] : typed.trim() !== "" ? findEmoji(all, typed, MOST, emojiUse.value.recent) : all.filter((each) => (tab === "recent" ? recent.includes(each.glyph) : tab === String(each.group)));
  if (tab === "recent" && typed.trim() === "") list.sort((a, b) => recent.indexOf(a.glyph) - recent.indexOf(b.glyph));
  const grid = (
    <EmojiGrid list={list} label={typed === "" ? nameOf(tab) : t("emoji.title")} onChoose={choose} onShow={setShown} onLeave={() => search.current?.focus()} />
  );
  const tabs: Tab[] = [...(recent.length > 0 ? (["recent"] as const) : []), ...GROUPS.map((group) => `${group}` as const)];
  return (
    <div
      ref={box}
      class="emoji"
      role="dialog"
      aria-label={t("emoji.title")}
      tabIndex={-1}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== "Escape") return;
        event.preventDefault();
        onClose(true);
      }}
      onFocusOut={(event) => {
        const to = event.relatedTarget;
        if (to instanceof Node && !box.current?.contains(to) && to !== opener.current && !(to instanceof HTMLTextAreaElement)) onClose(false);
      }}
    >
      <div class="emoji-search">
        <Icon name="search" small />
        <input
          ref={search}
          type="text"
          inputMode="search"
          enterkeyhint="search"
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          value={typed}
          aria-label={t("emoji.search")}
          placeholder={t("emoji.search")}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            // The form around it must not be sent.
            if (event.key === "Enter") event.preventDefault();
            if (event.key === "Enter" && typed.trim() !== "" && list[0] !== undefined) choose(list[0], event.shiftKey);
            else if (event.key === "ArrowDown") event.preventDefault(), box.current?.querySelector<HTMLElement>("[role=gridcell][tabindex='0']")?.focus();
          }}
        />
      </div>
      {typed.trim() === "" ? (
        <Tabs<Tab> label={t("emoji.title")} tabs={tabs} current={tab} words={(each) => nameOf(each)} draw={(each) => <Icon name={ICONS[each]} />} onChoose={setTab}>
          {grid}
        </Tabs>
      ) : (
        grid
      )}
      <p class="emoji-none" role="status">
        {all === null ? t("emoji.loading") : list.length === 0 ? t("emoji.none") : ""}
      </p>
      <Foot shown={shown} />
    </div>
  );
}

/** What one points at, and the skin tones. */
function Foot({ shown }: { shown: Emoji | null }) {
  const { tone } = emojiUse.value;
  return (
    <div class="emoji-foot">
      <p aria-hidden="true">
        {shown !== null && (
          <>
            <span class="emoji-large">{toned(shown, tone)}</span>
            <span class="emoji-words">
              <b>{shown.name}</b>
              <span>:{shown.codes[0]}:</span>
            </span>
          </>
        )}
      </p>
      <fieldset class="emoji-tones" aria-label={t("emoji.tone")}>
        {TONES.map((sign, at) => (
          <label key={sign} title={t(`emoji.tone${at as 0 | 1 | 2 | 3 | 4 | 5}`)}>
            <input type="radio" name="emoji-tone" checked={at === tone} aria-label={t(`emoji.tone${at as 0 | 1 | 2 | 3 | 4 | 5}`)} onChange={() => chooseTone(at)} />
            <span aria-hidden="true">✋{sign}</span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}
