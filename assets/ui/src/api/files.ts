/** Files of conversations, pictures of people and groups, and what one's files take. */

import type { Conversation, FilePage, Attachment, Usage, User } from "../lib/wire";
import { query, request, requestForm, seg } from "./http";

/** Which files to list; `file` is everything that is no picture. */
export type FileKind = "image" | "file";

/** A page of the files of a conversation, newest first. */
export const getFiles = (id: string, kind: FileKind, cursor: string | null) =>
  request<FilePage>("GET", `/conversations/${seg(id)}/files${query({ kind, limit: 48, cursor })}`);

/** What one's files take and may take. */
export const getUsage = () => request<Usage>("GET", "/auth/usage");

/** Throws a file away that no message carries yet. */
export const deleteFile = (id: string) => request<void>("DELETE", `/files/${seg(id)}`);

/** Sends one small file at once. */
export async function postFile(bytes: Blob, name: string): Promise<Attachment> {
  const form = new FormData();
  form.append("file", bytes, name);
  const { files } = await requestForm<{ files: [Attachment] }>("/attachments", form);
  return files[0];
}

/** Takes a file as one's own picture. */
export const putMyAvatar = (fileId: string) => request<{ user: User }>("PUT", "/auth/me/avatar", { fileId });

/** Goes back to initials. */
export const deleteMyAvatar = () => request<{ user: User }>("DELETE", "/auth/me/avatar");

/** Takes a file as the picture of a group (owners). */
export const putRoomAvatar = (id: string, fileId: string) =>
  request<Conversation>("PUT", `/conversations/${seg(id)}/avatar`, { fileId });

/** Takes the picture of a group away (owners). */
export const deleteRoomAvatar = (id: string) => request<Conversation>("DELETE", `/conversations/${seg(id)}/avatar`);
