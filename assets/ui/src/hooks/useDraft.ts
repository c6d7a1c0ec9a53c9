/** The draft of a conversation. */

export { draftOf, setDraft, writeIn } from "../state/drafts";
