/** The page of a conversation: its lines, dividers and their notes. */
export const page = {} as const;
