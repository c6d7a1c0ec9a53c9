/** How far one has read in each conversation, until the server has said that it knows. */

/** Everything up to this message is read. */
export interface Read {
  conversationId: string;
  messageId: string;
  seq: number;
}

/** What is not known to the server yet. */
export class Reads {
  readonly #unsent = new Map<string, Read>();
  readonly #tell: (read: Read) => void;
  readonly #save: (all: readonly Read[]) => void;

  /** `save` keeps them over a reload. */
  constructor(tell: (read: Read) => void, save: (all: readonly Read[]) => void) {
    this.#tell = tell;
    this.#save = save;
  }

  /** One has read this far; told at once, and again by {@link resend} until it is known. */
  add(read: Read): void {
    if ((this.#unsent.get(read.conversationId)?.seq ?? 0) >= read.seq) return;
    this.#unsent.set(read.conversationId, read);
    this.#save([...this.#unsent.values()]);
    this.#tell(read);
  }

  /** The server knows that one has read up to `seq`. */
  confirm(conversationId: string, seq: number): void {
    if ((this.#unsent.get(conversationId)?.seq ?? Infinity) > seq) return;
    this.#unsent.delete(conversationId);
    this.#save([...this.#unsent.values()]);
  }

  /** Tells all of them again. */
  resend(): void {
    for (const read of this.#unsent.values()) this.#tell(read);
  }

  /** Forgets one conversation, or all. */
  forget(conversationId?: string): void {
    if (conversationId === undefined) this.#unsent.clear();
    else this.#unsent.delete(conversationId);
  }
}
