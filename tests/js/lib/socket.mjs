// The stock socket.io-client with a few words for tests: no sleeps, every wait has a reason and a deadline.
import { io } from "socket.io-client";
import { PATIENCE } from "./server.mjs";

export const TRANSPORTS = { websocket: ["websocket"], polling: ["polling"], default: ["polling", "websocket"] };

/** Connects as the owner of `token`; resolves once connected and greeted by `session`. */
export async function connect(server, token, options) {
  const person = dial(server, token, options);
  await person.next("session");
  return person;
}

/** Starts to connect, and says nothing of how it goes. */
export function dial(server, token, { transports = TRANSPORTS.websocket, ...options } = {}) {
  const socket = io(server.url, {
    path: "/api/socketio",
    transports,
    auth: token === undefined ? {} : { token },
    ca: server.ca,
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    ...options,
  });
  return new Person(socket);
}

/** A socket that remembers what it heard until a test asks for it. */
export class Person {
  #heard = new Map();
  #waiting = new Map();

  constructor(socket) {
    this.socket = socket;
    socket.onAny((event, ...args) => this.#put(event, args));
    for (const event of ["connect", "disconnect", "connect_error"]) socket.on(event, (...args) => this.#put(event, args));
  }

  #put(event, args) {
    const waiters = this.#waiting.get(event) ?? [];
    const index = waiters.findIndex((waiter) => waiter.wanted(...args));
    if (index >= 0) waiters.splice(index, 1)[0].resolve(args);
    else this.#heard.set(event, [...(this.#heard.get(event) ?? []), args]);
  }

  /** The first argument of the next `event` that `wanted` accepts, heard already or within {@link PATIENCE}. */
  async next(event, wanted = () => true) {
    return (await this.nextArgs(event, wanted))[0];
  }

  /** All arguments of that event. */
  nextArgs(event, wanted = () => true) {
    const heard = this.#heard.get(event) ?? [];
    const index = heard.findIndex((args) => wanted(...args));
    if (index >= 0) return Promise.resolve(heard.splice(index, 1)[0]);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${event} within ${PATIENCE / 1_000} s; heard ${JSON.stringify([...this.#heard.keys()])}`)), PATIENCE);
      const waiter = { wanted, resolve: (args) => (clearTimeout(timer), resolve(args)) };
      this.#waiting.set(event, [...(this.#waiting.get(event) ?? []), waiter]);
    });
  }

  /** What was heard of `event` and not asked for yet. */
  heard(event) {
    return (this.#heard.get(event) ?? []).map((args) => args[0]);
  }

  /** Emits and resolves to the acknowledgement. */
  ask(event, ...args) {
    return this.socket.timeout(PATIENCE).emitWithAck(event, ...args);
  }

  /** A round trip through the server: whatever was sent to this socket before it has arrived after it. */
  async settle() {
    await this.ask("leave-conversation", "settle");
  }

  send(conversationId, content, more = {}) {
    return this.ask("send-message", { conversationId, content, messageType: "text", ...more });
  }

  close() {
    this.socket.close();
  }
}
