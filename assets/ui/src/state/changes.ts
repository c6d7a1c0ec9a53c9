/** What was heard of changed and deleted lines: a page that was asked for earlier may not know it yet. */

import type { Message } from "../lib/wire";

/** The changes that one page of a conversation has heard of. */
export class Changes {
  readonly #byId = new Map<string, Message>();

  /** Takes a change; returns it as it stands in place of `line`. */
  note(message: Message, line: Message | undefined): Message {
    this.#byId.set(message.id, message);
    return { ...message, ...keptOf(line) };
  }

  /** The line as it was heard of last. */
  newest(line: Message): Message {
    const change = this.#byId.get(line.id);
    return change !== undefined && change.updatedAt > line.updatedAt ? { ...change, ...keptOf(line) } : line;
  }
}

/** What only the tab that sent a line knows about it. */
function keptOf(line: Message | undefined): Pick<Message, "clientId"> {
  return line?.clientId === undefined ? {} : { clientId: line.clientId };
}
