/** Who is signed in here, and everything that changes it. */

import { signal } from "@preact/signals";
import * as api from "../api/account";
import { setUnauthorizedListener } from "../api/http";
import { forgetUser } from "../cache/db";
import { toFailure } from "../lib/failure";
import type { SessionEnd, User } from "../lib/wire";

/** The session of this page. */
export interface SessionState {
  phase: "loading" | "unreachable" | "out" | "in";
  user: User | null;
  serverName: string;
  sessionId: string;
  /** Why the last session ended, when it did not end by our own will. */
  ended: SessionEnd["code"] | null;
}

const nobody: SessionState = { phase: "loading", user: null, serverName: "", sessionId: "", ended: null };

/** The current session. */
export const session = signal<SessionState>(nobody);

/** The id of the signed-in user, or an empty string. Does not subscribe. */
export function myId(): string {
  return session.peek().user?.id ?? "";
}

/** Finds out whether somebody is signed in. */
export async function openSession(): Promise<void> {
  try {
    const me = await api.getMe();
    session.value = { ...nobody, ...me, phase: "in" };
  } catch (error) {
    const signedOut = toFailure(error).status === 401;
    session.value = { ...session.peek(), phase: signedOut ? "out" : "unreachable", user: null };
  }
}

/** Signs in; rejects with a `Failure`. */
export async function signIn(username: string, password: string): Promise<void> {
  await api.login(username, password);
  await openSession();
}

/** Signs out and forgets what this browser kept for the user. */
export async function signOut(): Promise<void> {
  await api.logout();
  await forgetUser(myId());
  leave(null);
}

/** The session has ended, by us or by the server. */
export function leave(ended: SessionEnd["code"] | null): void {
  if (session.peek().phase !== "in") return;
  session.value = { ...nobody, phase: "out", ended };
}

/** Changes one's display name. */
export async function rename(displayName: string): Promise<void> {
  const { user } = await api.patchMe(displayName);
  session.value = { ...session.peek(), user };
}

setUnauthorizedListener(() => leave("session_ended"));
