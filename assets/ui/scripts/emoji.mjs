/**
 * A vite plugin: `virtual:emoji/base` and `virtual:emoji/LANGUAGE`, cut from emojibase-data to what the
 * picker needs. Both lists have the same order.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const NAME = /^virtual:emoji\/(base|[a-z]{2})$/;
/** Newer ones are empty boxes on most systems. */
const NEWEST = 15.1;
/** Hair, skins and other parts are no emoji of their own. */
const PARTS = 2;
const TONES = ["\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];

const require = createRequire(import.meta.url);
const read = (path) => JSON.parse(readFileSync(require.resolve(`emojibase-data/${path}`), "utf8"));

/** All that are offered, in their order. */
const offered = () =>
  read("en/data.json")
    .filter(({ group, version }) => group !== undefined && group !== PARTS && version <= NEWEST)
    .sort((a, b) => a.order - b.order);

/** `[glyph, group, codes, 1 when it has skin tones]` each. */
function base() {
  const [usual, further] = [read("en/shortcodes/github.json"), read("en/shortcodes/emojibase.json")];
  return offered().map(({ emoji, hexcode, group, skins = [] }) => {
    const codes = new Set([usual[hexcode] ?? [], further[hexcode] ?? []].flat());
    const toned = TONES.every((tone) => skins.some((skin) => skin.emoji === emoji.replace(/^(.)\ufe0f?/u, `$1${tone}`)));
    return [emoji, group, [...codes].join(" "), ...(toned ? [1] : [])];
  });
}

/** `name|other words` each. */
function names(language) {
  const words = new Map(read(`${language}/compact.json`).map((each) => [each.hexcode, each]));
  return offered().map(({ hexcode, label, tags = [] }) => {
    const own = words.get(hexcode) ?? { label, tags };
    return `${own.label}|${(own.tags ?? []).join(" ")}`;
  });
}

/** The plugin. */
export function emoji() {
  return {
    name: "emoji",
    resolveId: (id) => (NAME.test(id) ? `\0${id}` : null),
    load(id) {
      const what = id.startsWith("\0") ? NAME.exec(id.slice(1))?.[1] : undefined;
      if (what === undefined) return null;
      const data = what === "base" ? base() : names(what);
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(data))});`;
    },
  };
}
