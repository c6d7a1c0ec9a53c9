/** What people write, drawn from its tree element by element. Never markup: what is not understood stays text. */

import { useMemo } from "preact/hooks";
import { at, within } from "../lib/base";
import { parse } from "../lib/markdown/blocks";
import type { Block, Inline } from "../lib/markdown/tree";
import { useNames, type Naming } from "../hooks/useNames";
import { CodeBlock } from "./CodeBlock";
import { PersonButton } from "./PersonButton";

/** The words of a message in this conversation; `named` are the ids that it names, `null` when nobody knows yet. */
export function Markdown({ text, conversationId, named }: { text: string; conversationId: string; named: readonly string[] | null }) {
  const blocks = useMemo(() => parse(text), [text]);
  const naming = useNames(conversationId, named);
  return <>{blocks.map((block, at) => drawBlock(block, at, naming))}</>;
}

function drawBlock(block: Block, key: number, naming: Naming) {
  const words = (nodes: readonly Inline[]) => nodes.map((node, at) => drawInline(node, at, naming));
  switch (block.kind) {
    case "line":
      return <p key={key}>{words(block.inside)}</p>;
    case "plain":
      return <p key={key}>{block.text}</p>;
    case "heading":
      return drawHeading(block.level, key, words(block.inside));
    case "code":
      return <CodeBlock key={key} info={block.info} text={block.text} />;
    case "quote":
      return <blockquote key={key}>{block.inside.map((each, at) => drawBlock(each, at, naming))}</blockquote>;
    case "list": {
      const items = block.items.map(({ value, inside }, at) => (
        <li key={at} value={value ?? undefined} dir="auto">
          {inside.map((each, i) => drawBlock(each, i, naming))}
        </li>
      ));
      return block.items[0]?.value === null ? <ul key={key}>{items}</ul> : <ol key={key}>{items}</ol>;
    }
    case "table":
      return (
        <div key={key} class="table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell, at) => (
                  <th key={at} scope="col" class={`to-${block.sides[at] ?? "start"}`}>
                    {words(cell)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, n) => (
                <tr key={n}>
                  {row.map((cell, at) => (
                    <td key={at} class={`to-${block.sides[at] ?? "start"}`}>
                      {words(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

/** Below the headings of the page, which are its days. */
function drawHeading(level: 1 | 2 | 3, key: number, inside: preact.ComponentChildren) {
  if (level === 1) return <h3 key={key}>{inside}</h3>;
  return level === 2 ? <h4 key={key}>{inside}</h4> : <h5 key={key}>{inside}</h5>;
}

function drawInline(node: Inline, key: number, naming: Naming): preact.ComponentChildren {
  if (typeof node === "string") return node;
  switch (node.kind) {
    case "code":
      return <code key={key}>{node.text}</code>;
    case "mention":
      return drawName(node.text, key, naming);
    case "link":
      return drawLink(node, key, naming);
    default: {
      const Tag = node.kind === "strike" ? "s" : node.kind;
      return <Tag key={key}>{node.inside.map((each, at) => drawInline(each, at, naming))}</Tag>;
    }
  }
}

function drawName(text: string, key: number, naming: Naming) {
  const found = naming(text);
  if (found === null) return text;
  const style = `mention${found.me ? " you" : ""}`;
  return (
    <span key={key}>
      {found.id === null ? (
        <span class={style}>{found.words}</span>
      ) : (
        <PersonButton id={found.id} name={found.title ?? ""} class={style}>
          {found.words}
        </PersonButton>
      )}
      {found.rest}
    </span>
  );
}

/** A place of our own opens here, everything else in a tab that knows nothing of this one. */
function drawLink({ href, inside }: { href: string; inside: Inline[] }, key: number, naming: Naming) {
  const words = inside.map((each, at) => drawInline(each, at, naming));
  const shown = inside.length === 1 && typeof inside[0] === "string" ? inside[0] : "";
  const bare = href.includes(shown) && shown.includes("://");
  const own = /^\/conversations\/[\w-]+(?:\/\d+)?$/;
  const path = (href.startsWith(`${location.origin}/`) && within(href.slice(location.origin.length))) || "";
  if (own.test(path)) return <a key={key} href={at(path)}>{words}</a>;
  return (
    <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow" dir={bare ? "ltr" : undefined} title={bare ? undefined : href}>
      {words}
    </a>
  );
}
