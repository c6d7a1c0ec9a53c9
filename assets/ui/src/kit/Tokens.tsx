/** The values that everything is made of, drawn from the style sheet itself. */

import type { ComponentChildren } from "preact";

const COLOURS = [
  "desk", "paper", "sheet", "press", "hover", "ink", "ink-2", "ink-3", "rule", "edge", "ink-you", "ink-you-wash", "ink-you-deep", "ink-on",
  "fault", "fault-wash", "caution", "caution-wash", "stock-1", "stock-2", "stock-3", "stock-4", "stock-5", "stock-6", "code-key", "code-text", "code-value", "code-name",
];
const TYPE = { "t-title": "Titles of pages", "t-head": "Heads", "t-text": "What people write", "t-aside": "Quotes, previews", "t-ui": "What the machine says", "t-code": "cargo run", "t-note": "Times, counts, hints" };
const SPACE = ["s-1", "s-2", "s-3", "s-4", "s-5", "s-6", "s-7", "s-8"];
const ROUND = ["r-1", "r-2", "r-3"];
const MOTION = { base: "Things that come, go and change places", slow: "Your own rule, drawn downward" };

function Token({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <li class="kit-token">
      {children}
      <code>--{name}</code>
    </li>
  );
}

/** Colour, type, space, edges, motion. */
export function Tokens() {
  return (
    <div class="kit-pad">
      <ul class="kit-tokens">
        {COLOURS.map((name) => (
          <Token key={name} name={name}>
            <span class="kit-colour" style={{ background: `var(--${name})` }} />
          </Token>
        ))}
      </ul>
      <ul class="kit-type">
        {Object.entries(TYPE).map(([name, words]) => (
          <Token key={name} name={name}>
            <span style={{ font: `var(--${name})` }}>{words}</span>
          </Token>
        ))}
      </ul>
      <ul class="kit-tokens">
        {SPACE.map((name) => (
          <Token key={name} name={name}>
            <span class="kit-space" style={{ width: `var(--${name})` }} />
          </Token>
        ))}
        {ROUND.map((name) => (
          <Token key={name} name={name}>
            <span class="kit-colour" style={{ borderRadius: `var(--${name})`, background: "var(--sheet)" }} />
          </Token>
        ))}
      </ul>
      <ul class="kit-type">
        {Object.entries(MOTION).map(([name, words]) => (
          <Token key={name} name={name}>
            <span>{words}</span>
            <i class="kit-motion" style={{ "--kit-time": `var(--${name})` }} />
          </Token>
        ))}
      </ul>
    </div>
  );
}
