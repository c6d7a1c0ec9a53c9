import type { Plugin } from "vite";

/** See `emoji.mjs`. */
export function emoji(): Plugin;
