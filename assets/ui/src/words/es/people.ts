/** People: whether they are here, their faces, inviting them. */
export const people = {} as const;
