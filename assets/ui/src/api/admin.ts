/** What administrators ask, and links to a new password. */

import type { AdminBackups, AdminGroup, AdminGroups, AdminHealth, AdminPeople, AdminStorage, GroupMember, HouseRules, ResetLink, ResetState } from "../lib/administration";
import type { User } from "../lib/wire";
import { query, request, seg } from "./http";

/** A page of accounts. */
export const getPeople = (q: string, role: User["role"] | null, cursor: string | null) =>
  request<AdminPeople>("GET", `/admin/people${query({ q, role, cursor, limit: 50 })}`);

/** A page of groups. */
export const getGroups = (cursor: string | null) => request<AdminGroups>("GET", `/admin/groups${query({ cursor, limit: 50 })}`);

/** Archives a group for everybody in it, or opens it again. */
export const patchGroup = (id: string, readOnly: boolean) => request<AdminGroup>("PATCH", `/admin/groups/${seg(id)}`, { readOnly });

/** Deletes a group for good, after {@link confirmPassword}. */
export const deleteGroup = (id: string) => request<void>("DELETE", `/admin/groups/${seg(id)}`);

/** A page of those who are in a group. */
export const getGroupMembers = (id: string, cursor: string | null) =>
  request<{ members: GroupMember[]; next: string | null }>("GET", `/admin/groups/${seg(id)}/members${query({ cursor, limit: 100 })}`);

/** Gives a group that nobody looks after an owner. */
export const putOwner = (id: string, userId: string) => request<AdminGroup>("PUT", `/admin/groups/${seg(id)}/owner`, { userId });

/** Lets somebody keep so much; `null`: as everybody. */
export const putQuota = (id: string, bytes: number | null) =>
  bytes === null ? request<void>("DELETE", `/admin/people/${seg(id)}/quota`) : request<void>("PUT", `/admin/people/${seg(id)}/quota`, { bytes });

/** What was settled for the house. */
export const getHouse = () => request<HouseRules>("GET", "/admin/house");

/** Settles something for the house. */
export const patchHouse = (change: Partial<HouseRules>) => request<HouseRules>("PATCH", "/admin/house", change);

/** Signs everybody out, but for this session. */
export const endAllSessions = () => request<void>("DELETE", "/admin/sessions");

/** Begins to give the space of deleted things back. */
export const postCompaction = () => request<void>("POST", "/admin/compaction");

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

/** What one's password is given again for; it opens nothing else. */
export type Purpose = "backups" | "handoff" | "delete-group";

/** Gives one's password again; it counts for five minutes, and once but for backups. */
export const confirmPassword = (password: string, purpose: Purpose) => request<void>("POST", "/auth/confirm", { password, purpose });
