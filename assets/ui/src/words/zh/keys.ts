/** The shortcuts. */
export const keys = {} as const;
