/** Who is signed in here, and everything that changes it. */

import { signal } from "@preact/signals";
import * as api from "../api/account";
import { setUnauthorizedListener } from "../api/http";
import { forgetUser } from "../cache/uploads";
import { toFailure } from "../lib/failure";
import { hasText, type TextKey } from "../lib/text";
import type { Sender, User } from "../lib/wire";
import { onNews, postNews } from "../realtime/news";

/** The session of this page. */
export interface SessionState {
  phase: "loading" | "unreachable" | "out" | "in";
  user: User | null;
  serverName: string;
  sessionId: string;
  /** Why the last session ended, as the key of a sentence; `null` when it ended by our own will. */
  ended: TextKey | null;
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
    postNews({ kind: "entered", userId: me.user.id });
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

/** The session has ended: by us (`null`), or by the server for the reason with this code. */
export function leave(code: string | null): void {
  if (session.peek().phase !== "in") return;
  postNews({ kind: "left", code });
  const key = `signin.ended.${code}`;
  session.value = { ...nobody, phase: "out", ended: code === null ? null : hasText(key) ? key : "signin.ended.session_ended" };
}

/** Signs in and out together with the other tabs. */
export function followTabs(): void {
  onNews((news) => {
    if (news.kind === "left") leave(news.code);
    else if (news.userId !== myId()) void openSession();
  });
}

/** Another device has changed our display name. */
export function callMe(who: Sender): void {
  const { user } = session.peek();
  if (user !== null) session.value = { ...session.peek(), user: { ...user, ...who } };
}

/** Changes one's display name. */
export async function rename(displayName: string): Promise<void> {
  const { user } = await api.patchMe(displayName);
  session.value = { ...session.peek(), user };
}

setUnauthorizedListener(() => leave("session_ended"));
