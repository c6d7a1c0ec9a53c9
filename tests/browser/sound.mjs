// Whether a screen is sound for everybody: axe-core's rules, nothing wider than the screen, targets for thumbs.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** Checks what is on the screen: axe-core's rules, nothing wider than the screen, the page as high as the window, and on a phone targets of 44 px. */
export function soundOf(page) {
  return async (screen) => {
    await page.evaluate(() => document.fonts.ready);
    // The page's policy forbids foreign scripts; the devtools protocol evaluates them all the same.
    if (await page.evaluate(() => window.axe === undefined)) await page.evaluate(AXE);
    const found = await page.evaluate(examine, RULES);
    assert.deepEqual(found, [], screen);
  };
}

/** Runs in the page. */
async function examine(rules) {
  const { violations, passes } = await window.axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
  if (passes.length === 0) found.push("no rule looked at anything");
  if (document.documentElement.scrollWidth > innerWidth) found.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
  const frame = innerWidth > 720 ? document.querySelector(".app > .side") : null;
  const end = frame?.getBoundingClientRect().bottom ?? innerHeight;
  if (Math.abs(innerHeight - end) > 1) found.push(`the page ends at ${end} of ${innerHeight}`);
  const floating = [...document.querySelectorAll("dialog[open]")].at(-1);
  const touched = innerWidth <= 720 ? (floating ?? document).querySelectorAll("button, a, input, textarea, .segments label") : [];
  for (const element of touched) {
    const box = (element.closest("label") ?? element).getBoundingClientRect();
    const inWords = element.closest("p, .words") !== null;
    if (inWords || box.width < 2 || (box.width >= 44 && box.height >= 44)) continue;
    found.push(`small target: ${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`);
  }
  return found;
}
