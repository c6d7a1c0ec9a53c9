/** What the tabs of one browser tell each other, and the channel over which they do. */

import type { Locks } from "./election";
import type { Line, LineEvents, Position } from "./line";
import type { After } from "./seat";

/** The events of the connection, and of the tabs. */
export interface SharedEvents extends LineEvents {
  /** This tab leads: it must connect. */
  lead: null;
  /** It no longer does. */
  follow: null;
  /** A tab has come, and this one leads: it has to be told how things are. */
  came: null;
  /** Another tab has said something. */
  shared: { topic: string; data: unknown };
}

/** The connection of the tab that leads. */
export interface OwnLine extends Line {
  position: Position | null;
  connect(): void;
  disconnect(): void;
  sever(): void;
}

/** What is needed from the browser. */
export interface SharedWorld {
  socket: OwnLine;
  /** `null` where there are none: then every tab has a socket of its own. */
  locks: Locks | null;
  open(name: string): Channel | null;
  newId(): string;
  after: After;
}

/** What a tab is doing. */
export interface Tab {
  id: string;
  /** The conversations that are open in it. */
  joins: readonly string[];
  visible: boolean;
  /** The conversation that somebody is looking at in it. */
  looking: string | null;
}

/** What the tab that leads tells about the connection. */
export interface Lead {
  connected: boolean;
  /** Whether it can be seen: one that can't may be slowed down. */
  visible: boolean;
  position: Position | null;
  /** The conversations that the server knows to be open. */
  joined: readonly string[];
}

/** What is told over the channel. */
export type Packet = { from: string } & (
  | { kind: "tab"; tab: Tab }
  | { kind: "bye" }
  | { kind: "lead"; lead: Lead; anew: boolean }
  | { kind: "cut" }
  | { kind: "event"; name: keyof LineEvents; data: unknown; position: Position | null }
  | { kind: "tell"; event: string; data: unknown }
  | { kind: "ask"; n: number; event: string; data: unknown }
  | { kind: "answer"; to: string; n: number; answer: unknown; failure: unknown }
  | { kind: "share"; topic: string; data: unknown }
);

/** A packet without its sender. */
export type Word = Packet extends infer P ? (P extends Packet ? Omit<P, "from"> : never) : never;

/** A channel between the tabs: everybody hears it but the one who posts. */
export interface Channel {
  post(packet: Packet): void;
  /** Who hears it; set once, before anything can be heard. */
  onPacket: (packet: Packet) => void;
  close(): void;
}

/** The browser's own channel of this name, or `null` where there is none. */
export function openChannel(name: string): Channel | null {
  if (typeof BroadcastChannel === "undefined") return null;
  const wire = new BroadcastChannel(name);
  const channel: Channel = { post: (packet) => wire.postMessage(packet), onPacket: () => undefined, close: () => wire.close() };
  wire.onmessage = ({ data }: MessageEvent<Packet>) => channel.onPacket(data);
  return channel;
}
