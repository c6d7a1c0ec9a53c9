/** Whom the `@names` of a message mean. */

import { useComputed } from "@preact/signals";
import { myId } from "../state/account";
import { conversation } from "../state/conversations";

/** A name that means somebody: how it is shown, whether it is oneself, and what follows it. */
export interface Named {
  /** Whom it means, if that is one whom we know. */
  id: string | null;
  words: string;
  title: string | undefined;
  me: boolean;
  rest: string;
}

/** Looks a written `@name` up; `null` when it means nobody here. */
export type Naming = (text: string) => Named | null;

/** `named`: the ids that the server found in the message and `all`; `null` while it has not seen it. */
export function useNames(conversationId: string, named: readonly string[] | null): Naming {
  const people = useComputed(() => conversation(conversationId)?.members);
  const group = useComputed(() => conversation(conversationId)?.isGroup === true);
  return (text) => {
    // Only a message with names in it asks; so the others are not drawn again when people come or go.
    const members = people.value;
    const means = (id: string) => named === null || named.includes(id);
    const whole = text.slice(1).toLowerCase();
    const bare = whole.replace(/[._-]+$/, "");
    const rest = text.slice(1 + bare.length);
    if (members === undefined || bare === "") return null;
    if (bare === "all" && group.value) return means("all") ? { id: null, words: text.slice(0, 4), title: undefined, me: true, rest } : null;
    for (const name of new Set([whole, bare])) {
      const who = members.find((member) => member.username.toLowerCase() === name);
      if (who !== undefined && means(who.id)) {
        return { id: who.id, words: `@${who.displayName}`, title: `@${who.username}`, me: who.id === myId(), rest: name === whole ? "" : rest };
      }
    }
    // Of a large group not everybody is loaded.
    const unknown = named !== null && named.some((id) => id !== "all" && members.every((member) => member.id !== id));
    return unknown ? { id: null, words: `@${text.slice(1, 1 + bare.length)}`, title: undefined, me: false, rest } : null;
  };
}
