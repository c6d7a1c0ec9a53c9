/** Sets the state going, once, before the first page is drawn. */

import { openSession } from "../state/account";
import { followLanguage } from "../state/language";
import { runLive } from "../state/live";
import { dressDocument } from "../state/look";

/** Dresses the document, follows the session, and asks who is signed in. Resolves when there are words to draw. */
export function start(): Promise<void> {
  measureScrollbar();
  endAboveKeyboard();
  dressDocument();
  runLive();
  void openSession();
  return followLanguage();
}

/** Lets the head and the composer share one edge with a page that scrolls beside a scrollbar. */
function measureScrollbar(): void {
  const probe = document.createElement("div");
  probe.className = "scrollbar-probe";
  document.body.append(probe);
  document.documentElement.style.setProperty("--scrollbar", `${probe.offsetWidth - probe.clientWidth}px`);
  probe.remove();
}

/** Where the keyboard lies over the page instead of making it smaller (iOS), the page ends above it. */
function endAboveKeyboard(): void {
  const seen = window.visualViewport;
  const { style } = document.documentElement;
  const look = () => {
    const writing = document.activeElement?.matches("input, textarea") === true && matchMedia("(pointer: coarse)").matches;
    const covered = writing && seen !== null && seen.scale === 1 && innerHeight - seen.height > 80;
    if (covered) style.setProperty("--seen", `${seen.height}px`);
    else style.removeProperty("--seen");
    if (covered) scrollTo(0, 0);
  };
  seen?.addEventListener("resize", look);
  addEventListener("focusout", look);
}
