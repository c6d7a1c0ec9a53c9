/** The session and everything about one's own account, for pages. */

import { outbox, uploads } from "../state/live";

export { getSetup, postSetup, changePassword, endOtherSessions, endSession, getSessions, type Credentials } from "../api/account";
export { myId, openSession, register, rename, session, signIn, signOut } from "../state/account";
export { dark } from "../state/look";

/** Lines that would be lost by signing out. */
export const unsentCount = (): number => outbox.items.peek().length;

/** Files in the tray that would be lost by signing out. */
export const unsentFiles = (): number => uploads.items.peek().filter((item) => item.clientId === null).length;
