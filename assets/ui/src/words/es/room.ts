/** A conversation as a whole: its head, its details, making one. */
export const room = {} as const;
