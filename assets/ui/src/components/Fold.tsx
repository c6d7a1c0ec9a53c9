/** A long message shows how it begins, until one asks for all of it. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../lib/text";
import { unfolded, unfold } from "../hooks/useFold";
import { Icon } from "./Icon";

/** `id` is remembered, so that it stays as it was while one scrolls. Who was led here (`marked`) sees all of it. */
export function Fold({ id, marked, children }: { id: string; marked: boolean; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const open = unfolded.value.has(id);
  useLayoutEffect(() => {
    if (marked) unfold(id, true);
  }, [marked, id]);
  const change = (to: boolean) => {
    unfold(id, to);
    // Folding takes lines away above the button: one goes on reading where the message begins.
    if (!to) requestAnimationFrame(() => box.current?.closest("article")?.scrollIntoView({ block: "nearest" }));
  };
  return (
    <>
      <div
        ref={box}
        class={open ? "" : "folded"}
        onFocusIn={(event) => {
          const edge = box.current?.getBoundingClientRect().bottom ?? 0;
          if (!open && event.target instanceof Element && event.target.getBoundingClientRect().bottom > edge) change(true);
        }}
      >
        {children}
      </div>
      <button type="button" class="fold" aria-expanded={open} onClick={() => change(!open)}>
        <Icon name="down" small />
        {t(open ? "fold.less" : "fold.more")}
      </button>
    </>
  );
}
