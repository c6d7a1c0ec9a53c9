// Draws the app's icons from its mark. Run after the mark has changed: `node icons.mjs`.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./people.mjs";

const ui = fileURLToPath(new URL("../../assets/ui/", import.meta.url));
const mark = (await readFile(`${ui}src/mark.svg`, "utf8")).replace(/<style>.*?<\/style>/s, "");
const [PAPER, INK] = ["#EFE9DD", "#1B2436"];
/** `share`: how much of the side the mark takes; `round`: the corners, as a share of the side. */
const ICONS = [
  { name: "icon-192", side: 192, share: 0.68, round: 0.22, paper: PAPER },
  { name: "icon-512", side: 512, share: 0.68, round: 0.22, paper: PAPER },
  { name: "icon-180", side: 180, share: 0.66, round: 0, paper: PAPER },
  { name: "maskable-512", side: 512, share: 0.54, round: 0, paper: PAPER },
  { name: "badge-96", side: 96, share: 0.86, round: 0, paper: "transparent" },
];

const browser = await openBrowser();
for (const { name, side, share, round, paper } of ICONS) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  const fill = paper === "transparent" ? "#fff" : INK;
  await page.setContent(`<style>*{margin:0}body{display:grid;place-items:center;height:100vh;background:transparent}
    div{display:grid;place-items:center;width:100vw;height:100vh;background:${paper};border-radius:${round * side}px}
    svg{width:${share * side}px;height:${share * side}px;fill:${fill}}</style><div>${mark}</div>`);
  await page.screenshot({ path: `${ui}public/icons/${name}.png`, omitBackground: true });
  await page.close();
}
await browser.close();
