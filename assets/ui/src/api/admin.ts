/** What administrators ask, and links to a new password. */

import type { AdminBackups, AdminGroups, AdminHealth, AdminPeople, AdminStorage, ResetLink, ResetState } from "../lib/administration";
import type { User } from "../lib/wire";
import { query, request, seg } from "./http";

/** A page of accounts. */
export const getPeople = (q: string, role: User["role"] | null, cursor: string | null) =>
  request<AdminPeople>("GET", `/admin/people${query({ q, role, cursor, limit: 50 })}`);

/** A page of groups. */
export const getGroups = (cursor: string | null) => request<AdminGroups>("GET", `/admin/groups${query({ cursor, limit: 50 })}`);

/** What lies on the disk. */
export const getStorage = () => request<AdminStorage>("GET", "/admin/storage");

/** How the server is. */
export const getHealth = () => request<AdminHealth>("GET", "/admin/health");

/** Signs somebody out everywhere. */
export const endSessionsOf = (id: string) => request<void>("DELETE", `/users/${seg(id)}/sessions`);

/** Makes a link to a new password, in place of the one before. */
export const postResetLink = (id: string) => request<ResetLink>("POST", `/users/${seg(id)}/reset-link`, {});

/** Whose password a link is for; fails with `reset_invalid` when it does not work. */
export const getReset = (code: string) => request<ResetState>("GET", `/resets/${seg(code)}`);

/** Chooses the new password; one is signed in then. */
export const postReset = (code: string, newPassword: string) => request<{ user: User }>("POST", `/resets/${seg(code)}`, { newPassword });

/** The server's own backups. */
export const getBackups = () => request<AdminBackups>("GET", "/admin/backups");

/** Makes one now. */
export const postBackup = () => request<AdminBackups>("POST", "/admin/backups", {});

/** Where a browser fetches one, after {@link confirmPassword}. */
export const backupAddress = (name: string): string => `/api/admin/backups/${seg(name)}`;

/** Gives one's password again, for what asks for it in the next five minutes. */
export const confirmPassword = (password: string) => request<void>("POST", "/auth/confirm", { password });
