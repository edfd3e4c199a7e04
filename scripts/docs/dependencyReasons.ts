/** Why each package is here that the service needs to run. */
export const DEPENDENCY_REASONS: Record<string, string> = {
  "@asteasolutions/zod-to-openapi": "makes the OpenAPI document from the schemas that validate, so that it can't lie",
  "@bull-board/api": "the dashboard of the queues",
  "@bull-board/express": "the same; all three of one version",
  "@bull-board/ui": "the same",
  "@opentelemetry/api": "what tracing is written against; below 1.10, as the newest line that runs on Node 20 wants it",
  "@opentelemetry/context-async-hooks": "carries a trace through asynchronous work",
  "@opentelemetry/core": "reads and writes `traceparent`",
  "@opentelemetry/exporter-trace-otlp-proto": "sends traces to the operator's collector",
  "@opentelemetry/resources": "names the service in traces",
  "@opentelemetry/sdk-trace-base": "collects spans; all of these are loaded only where traces are wanted",
  bullmq: "queues with priorities, delays, locks and dead letters on plain Redis",
  "bullmq-otel": "BullMQ's own bridge to OpenTelemetry: a trace goes on with a job",
  express: "routing; async handlers whose rejections reach the error handler",
  helmet: "headers that tell browsers to be careful, for answers and for pages",
  ioredis: "the client of Redis; BullMQ needs it too",
  jose: "checks the tokens of callers; nothing of that is made by hand",
  "lru-cache": "remembers configurations and verified tokens within a bound",
  "openid-client": "lets operators sign in by OpenID Connect",
  pino: "structured logs that cost little",
  "pino-pretty": "logs that people can read, on a terminal",
  "prom-client": "metrics for Prometheus",
  "rate-limiter-flexible": "counts the requests of callers in Redis, for all web processes together",
  re2js: "regular expressions in linear time: no filter stalls the service",
  "redis-om": "repositories over hashes; used without its search, which would need a module",
  "swagger-ui-express": "the page under `/docs`",
  zod: "one schema checks a request and describes it",
};

/** Why each package is here that the client or its command line needs to run. */
export const CLIENT_DEPENDENCY_REASONS: Record<string, string> = {
  "@cfworker/json-schema":
    "checks a request before it is sent, by the schema of the OpenAPI document; a tenth of ajv, and nothing below it",
  "cli-table3": "aligns tables, whatever the width of their characters",
  commander: "commands, options, help",
  "csv-stringify": "quotes CSV",
  "eventsource-parser": "reads Server-Sent Events; `EventSource` of browsers can send no token",
  "log-update": "draws progress anew in its place",
  "openapi-fetch": "types each call by the OpenAPI document, and adds next to nothing to `fetch`",
  "openid-client": "client credentials and the device flow; loaded by those who log in that way",
  yaml: "reads requests in YAML, and knows the lines of those in JSON",
};

/** Why each package is here that only making the client needs. */
export const CLIENT_DEV_DEPENDENCY_REASONS: Record<string, string> = {
  "openapi-typescript": "makes the client's types from the OpenAPI document",
  typescript: "for openapi-typescript alone, which needs the compiler API of TypeScript 5",
};

/** Why each package is here that only developers need; the types of others explain themselves. */
export const DEV_DEPENDENCY_REASONS: Record<string, string> = {
  "@biomejs/biome": "format and lint",
  "@dagrejs/dagre": "lays the graph of tasks and queues out, on the page",
  "@preact/signals": "what the page shows changes with what the service tells, and nothing else is drawn again",
  "@swc/core": "reads TypeScript for dependency-cruiser: TypeScript 7 has no compiler API",
  ajv: "checks every answer in the tests against the OpenAPI document",
  "axe-core": "looks for what keeps people from using the page, in its tests",
  autocannon: "load for the benchmarks",
  "dependency-cruiser": "keeps the directions of imports",
  "fast-check": "properties of the query engine",
  "playwright-core": "tries the dashboard and the page in a real browser",
  preact: "draws the page: components in 5 KiB",
  "preact-iso": "views of the page at addresses of their own",
  testcontainers: "a Redis in a container, for tests",
  tsx: "runs TypeScript without a build",
  typescript: "types",
  vite: "bundles the programs and the page",
  vitest: "tests",
  yaml: "reads the alerts and Prometheus' configuration, for the test that keeps them true",
};

/** What the scripts would do that packages bring for `npm install`, and why it is not wanted. */
export const INSTALL_SCRIPTS: Record<string, string> = {
  "@scarf/scarf": "reports the installation to its makers, for swagger-ui-dist",
  "@swc/core": "looks for its binary, which comes as a package of its own",
  "cpu-features": "compiles what ssh2 would use to choose a cipher; testcontainers reaches no machine by ssh here",
  esbuild: "replaces its launcher by its binary, which saves some milliseconds",
  "msgpackr-extract": "compiles what comes ready-made as a package of its own",
  protobufjs: "warns of versions",
  ssh2: "compiles faster ciphers, which nothing here uses",
};
