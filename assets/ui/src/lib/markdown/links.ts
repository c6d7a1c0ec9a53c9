/** Links in what was made of a line: what may stand in one, and what may not pretend to be another. */

import type { Inline } from "./tree";

/** Neighbouring words as one. */
export function joined(nodes: readonly Inline[]): Inline[] {
  const out: Inline[] = [];
  let words: string[] = [];
  const flush = () => {
    if (words.length > 0) out.push(words.join(""));
    words = [];
  };
  for (const node of nodes) {
    if (typeof node === "string") words.push(node);
    else flush(), out.push(node);
  }
  flush();
  return out;
}

/** A link has no links in it. */
export function unlinked(nodes: readonly Inline[]): Inline[] {
  return nodes.flatMap((node): Inline[] => {
    if (typeof node === "string" || node.kind === "code") return [node];
    if (node.kind === "mention") return [node.text];
    return node.kind === "link" ? node.inside : [{ ...node, inside: unlinked(node.inside) }];
  });
}

/** Words that look like the address of another place than they lead to. */
export function disguised(label: string, href: string): boolean {
  const shown = /(?:https?:\/\/|www\.)[^\s/?#]+|^\s*(?:[\w-]+\.)+(?:com|org|net)(?=$|[\s/?#:])/i.exec(label)?.[0];
  if (shown === undefined) return false;
  const host = (text: string) => text.trim().toLowerCase().replace(/^https?:\/\//, "").replace(/^www\./, "").replace(/^.*@|[:/?#].*$/g, "");
  return host(shown) !== host(href);
}
