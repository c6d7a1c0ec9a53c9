/** The pages before one is in: setup, invitation, signing in. */
export const doors = {} as const;
