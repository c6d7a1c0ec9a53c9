/** Hand-offs: signing a further device of one's own in by a link. */

import type { Handoff, HandoffState, User } from "../lib/wire";
import { request, seg } from "./http";

/** Makes a link that signs one device in; the one before works no more. */
export const postHandoff = () => request<Handoff>("POST", "/auth/handoff");

/** Takes the link back. */
export const deleteHandoff = () => request<void>("DELETE", "/auth/handoff");

/** Whom a link signs in; fails with `handoff_invalid` when it does not work. */
export const getHandoff = (code: string) => request<HandoffState>("GET", `/handoffs/${seg(code)}`);

/** Signs in by it. */
export const acceptHandoff = (code: string) => request<{ user: User }>("POST", `/handoffs/${seg(code)}`);
