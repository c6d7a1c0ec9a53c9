/** The administration. */
export const admin = {} as const;
