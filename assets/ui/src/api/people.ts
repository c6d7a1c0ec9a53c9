/** The directory, administration of users, and invitations. */

import type { Conversation, Invite, InvitePreview, User } from "../lib/wire";
import type { Credentials, Entered } from "./account";
import { query, request, seg } from "./http";

/** People whose name or sign-in name has a word that starts with `q`. */
export const findUsers = (q: string, limit = 50) =>
  request<{ users: User[] }>("GET", `/users${query({ q, limit })}`);

/** One person. */
export const getUser = (id: string) => request<User>("GET", `/users/${seg(id)}`);

/** Disables or enables an account, or changes its role (administrators). */
export const patchUser = (id: string, change: { disabled?: boolean; role?: User["role"] }) =>
  request<{ user: User }>("PATCH", `/users/${seg(id)}`, change);

/** Sets somebody's password; all their sessions end (administrators). */
export const resetPassword = (id: string, newPassword: string) =>
  request<void>("POST", `/users/${seg(id)}/password`, { newPassword });

/** What to make an invitation with; the server has defaults for all of it. */
export interface InviteWish {
  conversationId?: string;
  expiresInHours?: number;
  maxUses?: number;
}

/** One's open invitations; all of them for administrators. */
export const getInvites = () => request<{ invites: Invite[] } & Pick<Invite, "trustLink">>("GET", "/invites");

/** Makes an invitation; the answer carries its QR code. */
export const postInvite = (wish: InviteWish) => request<Invite>("POST", "/invites", wish);

/** Withdraws an invitation. */
export const deleteInvite = (id: string) => request<void>("DELETE", `/invites/${seg(id)}`);

/** What an invitation says about itself; fails with `invite_invalid` when it has ended. */
export const previewInvite = (code: string) =>
  request<InvitePreview>("GET", `/invites/${seg(code)}/preview`);

/** Makes an account through an invitation. */
export const acceptInvite = (code: string, who: Credentials) =>
  request<Entered>("POST", `/invites/${seg(code)}/accept`, who);

/** Joins the invitation's conversation with the account that is signed in. */
export const joinByInvite = (code: string) =>
  request<{ conversation: Conversation }>("POST", `/invites/${seg(code)}/join`, {});
