/** Searching. */
export const search = {} as const;
