/** The shapes of files on the server; read them through `wire.ts`. Types only. */

import type { Message } from "./wire";

/** A smaller still of a picture. */
export interface Thumbnail {
  url: string;
  width: number;
  height: number;
}

/** A file on the server, as a message carries it. */
export interface Attachment {
  id: string;
  name: string;
  mime: string;
  /** Bytes. */
  size: number;
  kind: "image" | "video" | "audio" | "file";
  url: string;
  /** Pixels as shown, after turning. */
  width?: number;
  height?: number;
  /** A ThumbHash in base64. */
  placeholder?: string;
  thumbnails: Thumbnail[];
}

/** A file of a conversation and the message that brought it. */
export interface ConversationFile extends Attachment {
  message: Pick<Message, "id" | "seq" | "senderId" | "sender" | "createdAt">;
}

/** A page of the files of a conversation, newest first. */
export interface FilePage {
  files: ConversationFile[];
  next: string | null;
}

/** What one's files take, in bytes; `quota` is `null` where there is none. */
export interface Usage {
  used: number;
  quota: number | null;
  maxFile: number;
}
