/** The search of this tab, with the server behind it. */

import { findConversations, findMessages, findPeople } from "../api/search";
import { Search } from "./search";

/** People and conversations shown above the messages, at most, of each. */
const NAMED = 4;

/** Kept while one follows a hit, so that the way back finds everything as it was. */
export const search = new Search(
  {
    messages: findMessages,
    people: async (typed, signal) => (await findPeople(typed, NAMED, signal)).users,
    rooms: async (typed, signal) => (await findConversations(typed, NAMED, signal)).conversations,
  },
  (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
);
