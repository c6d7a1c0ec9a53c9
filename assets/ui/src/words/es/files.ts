/** Files: on their way, on the page, enlarged, collected. */
export const files = {} as const;
