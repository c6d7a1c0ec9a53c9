/** The first steps. */
export const tour = {} as const;
