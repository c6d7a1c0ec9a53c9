/** The way back to the newest line, with what came meanwhile. */

import { t } from "../lib/text";
import { Icon } from "./Icon";

/** Stays in the page while hidden, so that focus is not lost on it. */
export function JumpButton({ hidden, unread, onClick }: { hidden: boolean; unread: number; onClick(): void }) {
  if (hidden) return null;
  return (
    <button type="button" class={`jump${unread > 0 ? " new" : ""}`} onClick={onClick}>
      <Icon name="down" small />
      {unread > 0 ? t("page.jumpNew", { n: unread }) : t("page.jump")}
    </button>
  );
}
