/** The draft of a conversation. */

export { draftOf, setDraft } from "../state/drafts";
