import { defineConfig, type Plugin } from "vite";

/** They look for files beside themselves, or are loaded only where somebody wants them. */
const LEFT_IN_NODE_MODULES = [
  /^@bull-board\//,
  "swagger-ui-express",
  "pino-pretty",
  /^@opentelemetry\/(?!api$)/,
  "bullmq-otel",
];

/**
 * redis-om loads all of node-redis, for the names of what RediSearch can index: 370 files, and a tenth of a second. Its own
 * `Client` would need more of it; repositories here speak through ioredis.
 */
const fieldTypesOfNodeRedis: Plugin = {
  name: "field-types-of-node-redis",
  enforce: "pre",
  resolveId: (source, importer) =>
    source === "redis" && importer?.includes("/redis-om/") ? "\0field-types" : undefined,
  load: (id) =>
    id === "\0field-types"
      ? 'export const SchemaFieldTypes = { TEXT: "TEXT", NUMERIC: "NUMERIC", GEO: "GEO", TAG: "TAG" };'
      : undefined,
};

/**
 * The programs of the service, with what they use of `node_modules`. A process that finds and compiles 1,500 modules one by one
 * needs three times as long to start. What is loaded on demand, or for one role, is a file of its own.
 */
export default defineConfig({
  plugins: [fieldTypesOfNodeRedis],
  build: {
    ssr: true,
    outDir: "dist",
    copyPublicDir: false,
    target: "node20",
    // For `node --enable-source-maps`, which shows errors by the lines of src/.
    sourcemap: true,
    rolldownOptions: {
      input: { main: "src/main.ts", web: "src/web.ts", worker: "src/worker.ts", admin: "src/admin.ts" },
      external: LEFT_IN_NODE_MODULES,
      output: {
        entryFileNames: "[name].js",
        // Beside the programs: what they read lies where they are.
        chunkFileNames: "[name]-[hash].js",
        comments: false,
        // Each process keeps the text of its programs, in two bytes a character if one of a file's characters needs them.
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
        // Lines are all that is looked up. The rest would have every process load twice as much.
        sourcemapExcludeSources: true,
      },
    },
  },
  // Packages are what Node itself would load: others of their editions have other exports.
  environments: { ssr: { resolve: { noExternal: true, mainFields: ["main"], conditions: ["node"] } } },
});
