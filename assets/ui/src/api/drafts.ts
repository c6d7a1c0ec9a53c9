/** What one has begun to write, as one's devices share it. */

import type { Draft } from "../lib/wire";
import { request, seg } from "./http";

/** All of one's own. */
export const getDrafts = () => request<{ drafts: Draft[] }>("GET", "/drafts");

/** Keeps one; an empty one is forgotten. `last`: the page may be gone before the answer. */
export const putDraft = (conversationId: string, content: string, last = false) =>
  request<void>("PUT", `/conversations/${seg(conversationId)}/draft`, { content }, undefined, last);
