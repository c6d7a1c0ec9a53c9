/** What went wrong, and what to do: one sentence for each code, `error.CODE`. */
export const error = {} as const;
