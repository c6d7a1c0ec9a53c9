/** The composer. */
export const write = {} as const;
