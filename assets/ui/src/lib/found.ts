/** The shapes of what a search finds; read them through `wire.ts`. Types only. */

import type { Message, Sender } from "./wire";

/** As much of a conversation as a hit needs. */
export interface ConversationBrief {
  id: string;
  title: string | null;
  isGroup: boolean;
  memberCount: number;
  /** The other person of a direct one. */
  with?: Sender;
  avatarUrl?: string;
}

/** A message that was found. */
export interface SearchHit {
  message: Message;
  conversation: ConversationBrief;
  /** Pairs of start and end in UTF-16 units of `message.content`, in order. */
  highlights: [number, number][];
}

/** A page of hits, newest first. It may have few or none and still a `next`. */
export interface SearchPage {
  hits: SearchHit[];
  next: string | null;
  tookMs: number;
  /** The index is being built: more may be found later. */
  indexing: boolean;
}
