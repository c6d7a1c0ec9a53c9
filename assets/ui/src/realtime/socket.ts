/**
 * The one socket of this page: the stock socket.io client on `/api/socketio`, its events with
 * their types. It connects when told and reports; when to try again is decided elsewhere.
 */

import { io, type Socket } from "socket.io-client";
import { Emitter } from "../lib/emitter";
import { Failure } from "../lib/failure";
import type {
  ConversationRemoval,
  ConversationUpdate,
  Message,
  MessageReadData,
  OwnReadUpdate,
  OwnSettingsUpdate,
  Sender,
  SessionEnd,
  SessionHello,
  TypingData,
  UserStatus,
  WireError,
} from "../lib/wire";

/** What the socket reports, under the names of the wire where there is one. */
export interface SocketEvents {
  /** Connected; `recovered` when the server replayed what was missed. */
  opened: { recovered: boolean };
  /** The connection was lost after it had been open. */
  lost: { reason: string };
  /** An attempt failed; `code` when the server answered with a refusal. */
  refused: { code: string | null };
  session: SessionHello;
  "new-message": Message;
  "message-sent": Message;
  /** The same message with other words, or deleted. */
  "message-updated": Message;
  "user-typing": TypingData;
  "user-stop-typing": TypingData;
  "message-read": MessageReadData;
  "user-status": UserStatus;
  "user-updated": Sender;
  "conversation-updated": ConversationUpdate | OwnReadUpdate | OwnSettingsUpdate;
  "conversation-removed": ConversationRemoval;
  "session-ended": SessionEnd;
}

const WIRE_EVENTS = [
  "session",
  "new-message",
  "message-sent",
  "message-updated",
  "user-typing",
  "user-stop-typing",
  "message-read",
  "user-status",
  "user-updated",
  "conversation-updated",
  "conversation-removed",
  "session-ended",
] as const satisfies readonly (keyof SocketEvents)[];

/** Milliseconds to wait for the server to confirm something. */
const ACK_TIMEOUT = 15_000;

/** Milliseconds to open a transport, and again to be greeted over it. */
const OPEN_TIMEOUT = 10_000;

type Ack = (WireError & { error: string }) | { error?: undefined };

/** The socket of a signed-in page. */
export class Realtime {
  readonly events = new Emitter<SocketEvents>();
  readonly #socket: Socket;
  #greeting: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#socket = io({
      path: "/api/socketio",
      autoConnect: false,
      reconnection: false,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      timeout: OPEN_TIMEOUT,
    });
    this.#socket.on("connect", () => this.#ended("opened", { recovered: this.#socket.recovered }));
    this.#socket.on("disconnect", (reason) => this.#ended("lost", { reason }));
    this.#socket.on("connect_error", (error: Error & { data?: { code?: string } }) =>
      this.#ended("refused", { code: error.data?.code ?? null }),
    );
    this.#socket.io.on("open", () => this.#awaitGreeting());
    for (const name of WIRE_EVENTS) {
      this.#socket.on(name, (data) => this.events.emit(name, data as SocketEvents[typeof name]));
    }
  }

  /** Whether the server can hear us. */
  get connected(): boolean {
    return this.#socket.connected;
  }

  /** Starts one attempt; the result comes as `opened` or `refused`. */
  connect(): void {
    this.#socket.connect();
  }

  /** Ends the connection and the current attempt. */
  disconnect(): void {
    clearTimeout(this.#greeting);
    this.#socket.disconnect();
  }

  /** Sends without waiting; dropped while there is no connection. */
  tell(event: string, data: unknown): void {
    if (this.#socket.connected) this.#socket.emit(event, data);
  }

  /** Sends and waits for the confirmation; rejects with a {@link Failure}. */
  async ask<T>(event: string, data: unknown): Promise<T> {
    if (!this.#socket.connected) throw new Failure({ code: "offline", message: "not connected" });
    let answer: Ack;
    try {
      answer = (await this.#socket.timeout(ACK_TIMEOUT).emitWithAck(event, data)) as Ack;
    } catch {
      const code = this.#socket.connected ? "no_answer" : "offline";
      throw new Failure({ code, message: "no confirmation" });
    }
    if (answer.error !== undefined) throw new Failure({ ...answer, message: answer.error });
    return answer as T;
  }

  /** The stock client waits for ever when a transport opens and the server then says nothing. */
  #awaitGreeting(): void {
    clearTimeout(this.#greeting);
    this.#greeting = setTimeout(() => {
      this.#socket.disconnect();
      this.#ended("refused", { code: null });
    }, OPEN_TIMEOUT);
  }

  /** The current attempt has its result, or the connection its end. */
  #ended<K extends "opened" | "lost" | "refused">(event: K, data: SocketEvents[K]): void {
    clearTimeout(this.#greeting);
    this.events.emit(event, data);
  }
}
