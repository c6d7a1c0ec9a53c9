import { defineConfig } from "vitest/config";
import { emoji } from "./scripts/emoji.mjs";
import { kit } from "./scripts/kit.mjs";

/** The server that answers `/api` while developing. */
const upstream = process.env["INKSPOT_UPSTREAM"] ?? "https://127.0.0.1:8443";

export default defineConfig({
  // No file knows where the app lives; the server puts that into the page.
  base: "./",
  plugins: [emoji(), kit()],
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    cssCodeSplit: false,
  },
  server: {
    proxy: { "/api": { target: upstream, ws: true, secure: false, changeOrigin: true, headers: { origin: upstream } } },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
