/** The list of conversations, what stands under it, and the quick switcher. */
export const list = {} as const;
