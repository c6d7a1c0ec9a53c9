import { defineConfig } from "vitest/config";

/** Where the API answers while developing (`npm run mock`, or a real server). */
const upstream = process.env["INKSPOT_UPSTREAM"] ?? "http://127.0.0.1:3210";

export default defineConfig({
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: { "/api": { target: upstream, ws: true, secure: false, changeOrigin: false } },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
