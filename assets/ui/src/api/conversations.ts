/** Conversations, their members and their history. */

import type { PageWish } from "../lib/pages";
import type { Conversation, Member, Message, MessagePage, OwnSettings, Time } from "../lib/wire";
import { LIMITS } from "../lib/wire";
import { query, request, seg } from "./http";

/** A page of the list, newest activity first. */
export const getConversations = (cursor: string | null) =>
  request<{ conversations: Conversation[]; next: string | null }>(
    "GET",
    `/conversations${query({ limit: cursor === null ? LIMITS.page : 100, cursor })}`,
  );

/** One conversation with up to 200 of its members. */
export const getConversation = (id: string) => request<Conversation>("GET", `/conversations/${seg(id)}`);

/** Starts a conversation, or finds the direct one that exists. */
export const postConversation = (wish: { title?: string; isGroup: boolean; members: string[] }) =>
  request<Conversation>("POST", "/conversations", wish);

/** Renames a group (owners). */
export const renameConversation = (id: string, title: string) =>
  request<Conversation>("PATCH", `/conversations/${seg(id)}`, { title });

/** Pins, mutes or archives for oneself. */
export const patchSettings = (id: string, change: Partial<OwnSettings>) =>
  request<Conversation>("PATCH", `/conversations/${seg(id)}/settings`, change);

/** Lets it count as unread for oneself from this line on. */
export const postUnread = (id: string, seq: number) => request<void>("POST", `/conversations/${seg(id)}/unread`, { seq });

/** Everything up to this line is read. */
export const postRead = (id: string, seq: number) => request<void>("POST", `/conversations/${seg(id)}/read`, { seq });

/** A page of members. */
export const getMembers = (id: string, cursor: string | null) =>
  request<{ members: Member[]; next: string | null }>(
    "GET",
    `/conversations/${seg(id)}/members${query({ limit: 100, cursor })}`,
  );

/** Adds people to a group by sign-in name (owners). */
export const addMembers = (id: string, members: string[]) =>
  request<{ members: Member[] }>("POST", `/conversations/${seg(id)}/members`, { members });

/** Makes a member an owner or back (owners). */
export const setMemberRole = (id: string, userId: string, role: Member["memberRole"]) =>
  request<Member>("PATCH", `/conversations/${seg(id)}/members/${seg(userId)}`, { role });

/** Removes somebody, or oneself: then it means leaving. */
export const removeMember = (id: string, userId: string) =>
  request<void>("DELETE", `/conversations/${seg(id)}/members/${seg(userId)}`);

/** A page of history. */
export const getMessages = (id: string, wish: PageWish) =>
  request<MessagePage>(
    "GET",
    `/conversations/${seg(id)}/messages${query({ limit: LIMITS.page, before: wish.before, after: wish.after, around: wish.around })}`,
  );

/** Changes the words of one's own message. */
export const patchMessage = (id: string, content: string) => request<Message>("PATCH", `/messages/${seg(id)}`, { content });

/** Deletes a message with its files, for everyone. */
export const deleteMessage = (id: string) => request<void>("DELETE", `/messages/${seg(id)}`);

/** All versions of a message, the oldest first. */
export const getHistory = (id: string) => request<{ versions: { content: string; at: Time }[] }>("GET", `/messages/${seg(id)}/history`);
