import type { Plugin } from "vite";

/** See `kit.mjs`. */
export function kit(): Plugin;
