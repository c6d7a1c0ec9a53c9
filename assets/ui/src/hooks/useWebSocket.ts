/**
 * The hook of the origin: one conversation's realtime life. It shares the page's one stock
 * socket.io client; sending goes through the queue that survives reloads.
 */

import { useEffect, useMemo } from "preact/hooks";
import type { Message, MessageData, MessageReadData, TypingData, UserStatus } from "../lib/wire";
import { join, link, outbox, realtime, threadOf, uploads } from "../state/live";

/** What to listen to. */
export interface WebSocketOptions {
  conversationId: string;
  /** Join the conversation while mounted; true unless told otherwise. */
  autoConnect?: boolean;
}

type Stop = () => void;

/** What the hook gives. Each `on…` keeps one listener, the latest, until unmounted. */
export interface WebSocketLife {
  /** Queues a line; returns its `clientId`. */
  sendMessage(data: MessageData): string;
  isConnected: boolean;
  onNewMessage(listener: (message: Message) => void): Stop;
  onTyping(listener: (data: TypingData) => void): Stop;
  onStopTyping(listener: (data: TypingData) => void): Stop;
  onMessageRead(listener: (data: MessageReadData) => void): Stop;
  onUserStatus(listener: (status: UserStatus) => void): Stop;
}

/** Joins a conversation and gives the means to hear and to write in it. */
export function useWebSocket({ conversationId, autoConnect = true }: WebSocketOptions): WebSocketLife {
  useEffect(() => (autoConnect ? join(conversationId) : undefined), [conversationId, autoConnect]);
  const ears = useMemo(() => new Ears(conversationId), [conversationId]);
  useEffect(() => ears.open(), [ears]);
  return {
    sendMessage,
    isConnected: link.phase.value === "online",
    onNewMessage: (listener) => ears.set("new-message", listener),
    onTyping: (listener) => ears.set("user-typing", listener),
    onStopTyping: (listener) => ears.set("user-stop-typing", listener),
    onMessageRead: (listener) => ears.set("message-read", listener),
    onUserStatus: (listener) => ears.set("user-status", listener),
  };
}

function sendMessage(data: MessageData): string {
  const clientId = data.clientId ?? crypto.randomUUID();
  const { conversationId, content } = data;
  outbox.add({ clientId, conversationId, content, ...(data.uploads === undefined ? {} : { uploads: data.uploads }) });
  if (data.uploads !== undefined) uploads.attach(data.uploads, clientId);
  const thread = threadOf(conversationId);
  thread.unreadFrom.value = null;
  if (thread.hasNewer.peek()) void thread.toNewest();
  return clientId;
}

interface Heard {
  "new-message": Message;
  "user-typing": TypingData;
  "user-stop-typing": TypingData;
  "message-read": MessageReadData;
  "user-status": UserStatus;
}

/** One listener per event, so that registering again while rendering replaces and never piles up. */
class Ears {
  readonly #id: string;
  readonly #listeners: { [K in keyof Heard]?: (data: Heard[K]) => void } = {};

  constructor(id: string) {
    this.#id = id;
  }

  set<K extends keyof Heard>(event: K, listener: (data: Heard[K]) => void): Stop {
    const listeners: Partial<Record<keyof Heard, unknown>> = this.#listeners;
    listeners[event] = listener;
    return () => {
      if (listeners[event] === listener) delete listeners[event];
    };
  }

  open(): Stop {
    const { events } = realtime;
    const ours = (data: { conversationId: string }) => data.conversationId === this.#id;
    const stops = [
      events.on("new-message", (data) => ours(data) && this.#listeners["new-message"]?.(data)),
      events.on("user-typing", (data) => ours(data) && this.#listeners["user-typing"]?.(data)),
      events.on("user-stop-typing", (data) => ours(data) && this.#listeners["user-stop-typing"]?.(data)),
      events.on("message-read", (data) => ours(data) && this.#listeners["message-read"]?.(data)),
      events.on("user-status", (data) => this.#listeners["user-status"]?.(data)),
    ];
    return () => stops.forEach((stop) => stop());
  }
}
