/**
 * The connection over a socket of its own: the stock socket.io client on the path that the page names. It connects when told
 * and reports; when to try again is decided elsewhere.
 */

import { io, type Socket } from "socket.io-client";
import { SOCKET_PATH } from "../lib/base";
import { Emitter } from "../lib/emitter";
import { Failure } from "../lib/failure";
import type { WireError } from "../lib/wire";
import { WIRE_EVENTS, type Line, type LineEvents, type Position } from "./line";

/** Milliseconds to wait for the server to confirm something. */
const ACK_TIMEOUT = 15_000;

/** Milliseconds to open a transport, and again to be greeted over it. */
const OPEN_TIMEOUT = 10_000;

/** What a server says that stops to start again. */
const RESTART = 1012;

type Ack = (WireError & { error: string }) | { error?: undefined };

/** Where the stock client keeps how far it heard; it has no public name for that. */
interface Recovery {
  _pid?: string | undefined;
  _lastOffset?: string | undefined;
}

/** The socket of the tab that leads. */
export class SocketLine implements Line {
  readonly events = new Emitter<LineEvents>();
  readonly #socket: Socket;
  #greeting: ReturnType<typeof setTimeout> | undefined;
  /** Behind the event that is being told; the client's own is one behind meanwhile. */
  #offset: string | undefined;

  /** The last attempt was cut before the server had greeted: something on the way may want no WebSockets. */
  #cut = false;

  constructor() {
    this.#socket = io({
      path: SOCKET_PATH,
      // The list says who is writing, also where nobody looks.
      auth: { typing: "all" },
      autoConnect: false,
      reconnection: false,
      tryAllTransports: true,
      timeout: OPEN_TIMEOUT,
    });
    this.#socket.on("connect", () => {
      this.#cut = false;
      this.#ended("opened", { recovered: this.#socket.recovered });
    });
    this.#socket.on("disconnect", (_reason, details) => {
      const closed = details !== undefined && "context" in details ? (details.context as CloseEvent | undefined) : undefined;
      this.#ended("lost", { restarting: closed?.code === RESTART });
    });
    this.#socket.on("connect_error", (error: Error & { data?: { code?: string } }) =>
      this.#ended("refused", { code: error.data?.code ?? null }),
    );
    this.#socket.io.on("open", () => this.#awaitGreeting());
    for (const name of WIRE_EVENTS) {
      this.#socket.on(name, (data, offset?: unknown) => {
        if (typeof offset === "string") this.#offset = offset;
        this.events.emit(name, data as LineEvents[typeof name]);
      });
    }
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  /** How far it heard; `null` before the first event that can be replayed. */
  get position(): Position | null {
    const pid = (this.#socket as unknown as Recovery)._pid;
    return pid === undefined || this.#offset === undefined ? null : { pid, offset: this.#offset };
  }

  /** The next connection goes on from here. */
  set position(at: Position | null) {
    this.#offset = at?.offset;
    Object.assign(this.#socket as unknown as Recovery, { _pid: at?.pid, _lastOffset: at?.offset });
  }

  /** Starts one attempt; the result comes as `opened` or `refused`. */
  connect(): void {
    const { io } = this.#socket;
    io.opts.transports = this.#cut ? ["polling", "websocket"] : ["websocket", "polling"];
    this.#socket.connect();
    // The stock client does not hear a transport that closes before it opened, and would wait for its timeout.
    io.engine.once("close", (reason) => {
      if (reason === "forced close" || io._readyState !== "opening") return;
      this.#cut = true;
      this.#giveUp();
    });
  }

  /** Ends the connection and the current attempt for good. */
  disconnect(): void {
    clearTimeout(this.#greeting);
    this.#socket.disconnect();
  }

  /** Cuts the connection as a lost network would, so that another tab can go on from its position. */
  sever(): void {
    clearTimeout(this.#greeting);
    if (this.#socket.connected) this.#socket.io.engine.close();
    else this.#socket.disconnect();
  }

  tell(event: string, data: unknown): void {
    if (this.#socket.connected) this.#socket.emit(event, data);
  }

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
    this.#greeting = setTimeout(() => this.#giveUp(), OPEN_TIMEOUT);
  }

  /** The current attempt leads nowhere. */
  #giveUp(): void {
    this.#socket.disconnect();
    this.#ended("refused", { code: null });
  }

  /** The current attempt has its result, or the connection its end. */
  #ended<K extends "opened" | "lost" | "refused">(event: K, data: LineEvents[K]): void {
    clearTimeout(this.#greeting);
    this.events.emit(event, data);
  }
}
