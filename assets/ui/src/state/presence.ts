/** Whether people are here, as the events say. */

import { signal } from "@preact/signals";
import type { User, UserStatus } from "../lib/wire";

/** Whether somebody is here, and when they last were. */
export type Presence = Pick<User, "online" | "lastSeenAt">;

const statuses = signal<ReadonlyMap<string, Presence>>(new Map());

/** The newest word on whether this person is here; subscribes the caller. */
export function presenceOf(user: Pick<User, "id"> & Presence): Presence {
  return statuses.value.get(user.id) ?? user;
}

/** Applies `user-status`. */
export function applyStatus(status: UserStatus): void {
  const next = new Map(statuses.peek());
  next.set(status.userId, { online: status.isOnline, lastSeenAt: status.lastSeen });
  statuses.value = next;
}

/** Forgets it, when newer words come with what is loaded. */
export function clearPresence(): void {
  statuses.value = new Map();
}
