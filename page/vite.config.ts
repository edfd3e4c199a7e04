import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // Relative links: the service knows its path behind a proxy only when it starts.
  base: "./",
  // The page has no node_modules of its own.
  cacheDir: "../node_modules/.vite",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    // The Content-Security-Policy allows no inline scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  // In development: the API of a local service.
  server: { proxy: { "/v1": "http://127.0.0.1:8080", "/admin": "http://127.0.0.1:8080" } },
});
