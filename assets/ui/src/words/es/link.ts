/** The connection and what waits for it. */
export const link = {} as const;
