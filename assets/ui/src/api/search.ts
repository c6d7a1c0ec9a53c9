/** Searching: messages, and people and conversations by name. */

import type { Conversation, SearchPage, User } from "../lib/wire";
import { query, request } from "./http";

/** What is searched for; `within` is the id of the only conversation to look in. */
export interface Wish {
  q: string;
  within: string | null;
}

/** Minutes that the time here is ahead of UTC, so that days begin where one is. */
const utcOffset = (): number => -new Date().getTimezoneOffset();

/** A page of messages, newest first. */
export const findMessages = (wish: Wish, cursor: string | null, signal?: AbortSignal) =>
  request<SearchPage>(
    "GET",
    `/search${query({ q: wish.q, conversationId: wish.within, cursor, limit: 30, utcOffset: utcOffset() })}`,
    undefined,
    signal,
  );

/** People by beginnings of words of their names. */
export const findPeople = (q: string, limit: number, signal?: AbortSignal) =>
  request<{ users: User[] }>("GET", `/search/people${query({ q, limit })}`, undefined, signal);

/** One's own conversations by beginnings of words of their titles. */
export const findConversations = (q: string, limit: number, signal?: AbortSignal) =>
  request<{ conversations: Conversation[] }>("GET", `/search/conversations${query({ q, limit })}`, undefined, signal);
