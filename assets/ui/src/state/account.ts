/** Who is signed in here, and everything that changes it. */

import { signal } from "@preact/signals";
import * as api from "../api/account";
import { setUnauthorizedListener } from "../api/http";
import { clearCopy, loadKept, saveKept, type Owner } from "../cache/copy";
import { forgetUser } from "../cache/uploads";
import type { Registration } from "../lib/administration";
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
  /** Whether one went in without the server, with what is kept here. */
  remembered: boolean;
  /** Who may make an account here, as far as the server has said. */
  registration: Registration;
}

const nobody: SessionState = { registration: "invite", phase: "loading", user: null, serverName: "", sessionId: "", ended: null, remembered: false };

/** The current session. */
export const session = signal<SessionState>(nobody);

/** The id of the signed-in user, or an empty string. Does not subscribe. */
export function myId(): string {
  return session.peek().user?.id ?? "";
}

/** How long the server may take before one goes in with what is kept here, in ms. */
const PATIENCE = 2_500;

/** How long an answer that signs somebody in here may take after the old session has ended, in ms. */
const LATE = 1_000;

/** Finds out whether somebody is signed in; without an answer, whose copy is kept here. */
export async function openSession(): Promise<void> {
  const asked = api.getSession().then(({ me, registration }) => (me === null ? refuse(true, registration) : enter(me)), () => refuse(false));
  const owner = await loadKept<Owner>("owner");
  if (owner === undefined) return asked;
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  await Promise.race([asked, late]);
  const { phase } = session.peek();
  if (phase === "loading" || phase === "unreachable") session.value = { ...nobody, ...owner, phase: "in", remembered: true };
}

/** Asks the server again who we are, when one went in without it. */
export async function confirmSession(): Promise<void> {
  if (session.peek().remembered) await api.getMe().then(enter, () => undefined);
}

async function enter(me: Owner): Promise<void> {
  const before = await loadKept<Owner>("owner");
  if (before !== undefined && before.user.id !== me.user.id) await clearCopy();
  session.value = { ...nobody, ...me, phase: "in" };
  postNews({ kind: "entered", userId: me.user.id });
  await saveKept("owner", me);
}

/** Nobody is signed in, or nobody answers. */
async function refuse(signedOut: boolean, registration: Registration = "invite"): Promise<void> {
  session.value = { ...session.peek(), registration, phase: signedOut ? "out" : "unreachable", user: null };
  if (signedOut) await clearCopy();
}

/** Signs in; rejects with a `Failure`. */
export async function signIn(username: string, password: string): Promise<void> {
  await api.login(username, password);
  await openSession();
}

/** Makes an account where everybody may; rejects with a `Failure`. */
export async function register(who: api.Credentials): Promise<void> {
  await api.register(who);
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
  void clearCopy();
  // Who may come in may have changed meanwhile.
  void api.getSession().then(({ registration }) => (session.value = { ...session.peek(), registration }), () => undefined);
}

/** The server has ended a session of this browser: the one of this page, unless another one has taken its place meanwhile. */
export async function sessionEnded(code: string): Promise<void> {
  const { phase, sessionId } = session.peek();
  if (phase !== "in") return;
  const ask = () => api.getSession().then(({ me }) => me, () => null);
  // The server ends the session that was here before its answer brings the one that takes its place.
  const me = (await ask()) ?? (await new Promise((done) => setTimeout(done, LATE)).then(ask));
  if (session.peek().sessionId !== sessionId) return; // Somebody has come in.
  if (me === null) leave(code);
  else if (me.sessionId !== sessionId) await enter(me);
}

/** Signs in and out together with the other tabs; what the server has ended there, each finds out for itself. */
export function followTabs(): void {
  onNews((news) => {
    if (news.kind === "left") news.code === null ? leave(null) : void sessionEnded(news.code);
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

setUnauthorizedListener(() => void sessionEnded("session_ended"));
