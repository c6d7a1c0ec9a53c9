/** What went wrong, and what to do: a sentence for each code, `error.CODE`, or for what it is about, `error.CODE.FIELD`. */
export const error = {} as const;
