/** Signing in and out, the first account, sessions. */

import type { Registration } from "../lib/administration";
import type { Conversation, Invite, Session, User } from "../lib/wire";
import { query, request, seg } from "./http";

/** Name and password as typed; `username` is what one signs in with. */
export interface Credentials {
  username: string;
  displayName?: string;
  password: string;
}

/** What setup and an accepted invitation answer. */
export interface Entered {
  user: User;
  conversation: Conversation | null;
  invite?: Invite;
}

/** Who is signed in here, and the name of the server. */
export interface Me {
  user: User;
  serverName: string;
  sessionId: string;
}

/** Whether the first account is still to be made and this token may make it. */
export const getSetup = (token: string) =>
  request<{ needed: boolean; valid: boolean; serverName: string }>("GET", `/setup${query({ token })}`);

/** Makes the first administrator. */
export const postSetup = (token: string, who: Credentials) => request<Entered>("POST", "/setup", { token, ...who });

/** Opens a session; the cookie comes with the answer. */
export const login = (username: string, password: string) =>
  request<{ user: User }>("POST", "/auth/login", { username, password });

/** Ends this session. */
export const logout = () => request<void>("POST", "/auth/logout");

/** Who is signed in, if anybody. The page asks for it before any script runs: its address stands in `index.html`, too. */
export const getSession = () => request<{ me: Me | null; registration: Registration }>("GET", "/auth/session");

/** Makes an account where everybody may. */
export const register = (who: Credentials) => request<Entered>("POST", "/auth/register", who);

/** The signed-in user; fails with `unauthorized` when there is none. */
export const getMe = () => request<Me>("GET", "/auth/me");

/** Changes one's display name. */
export const patchMe = (displayName: string) => request<{ user: User }>("PATCH", "/auth/me", { displayName });

/** Changes one's password; all other sessions end. */
export const changePassword = (currentPassword: string, newPassword: string) =>
  request<void>("POST", "/auth/password", { currentPassword, newPassword });

/** One's sessions. */
export const getSessions = () => request<{ sessions: Session[] }>("GET", "/auth/sessions");

/** Ends one session. */
export const endSession = (id: string) => request<void>("DELETE", `/auth/sessions/${seg(id)}`);

/** Ends all sessions but this one. */
export const endOtherSessions = () => request<void>("DELETE", "/auth/sessions");
