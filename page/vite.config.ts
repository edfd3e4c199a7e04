import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // In the repository: the page's own folder has none.
  cacheDir: "../node_modules/.vite",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    // The policy of the service allows no script or style in the document.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  // In development: the API of a service that runs beside.
  server: { proxy: { "/v1": "http://127.0.0.1:8080", "/admin": "http://127.0.0.1:8080" } },
});
