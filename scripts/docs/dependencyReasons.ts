/** The reason for each package that the service needs at run time. */
export const DEPENDENCY_REASONS: Record<string, string> = {
  "@asteasolutions/zod-to-openapi": "generates the OpenAPI document from the validating schemas",
  "@bull-board/api": "dashboard of the queues",
  "@bull-board/express": "the same; all three have one version",
  "@bull-board/ui": "the same",
  "@opentelemetry/api": "interface for tracing; below 1.10, as the newest line for Node 20 requires",
  "@opentelemetry/context-async-hooks": "carries a trace through asynchronous work",
  "@opentelemetry/core": "reads and writes `traceparent`",
  "@opentelemetry/exporter-trace-otlp-proto": "sends traces to the operator's collector",
  "@opentelemetry/resources": "names the service in traces",
  "@opentelemetry/sdk-trace-base": "collects spans; the SDK is loaded only if tracing is on",
  bson: "reads dumps of the existing service's MongoDB; `ewms-admin` alone loads it",
  bullmq: "queues with priorities, delays, locks, dead letters; pinned: `queues/bullLayout.ts`",
  "bullmq-otel": "BullMQ's bridge to OpenTelemetry: a trace continues with a job",
  commander: "commands and help of `ewms-admin`; `ewms` has it too",
  express: "routing; rejections of async handlers reach the error handler",
  helmet: "security headers for responses and pages",
  nodemailer: "sends e-mail: SMTP, TLS, MIME; no dependencies of its own",
  ioredis: "Redis client; BullMQ needs it too; pinned: `domain/redisOutage.ts`",
  "ipaddr.js": "ranges of private and local addresses, which webhooks must not have",
  jose: "verifies the tokens of callers",
  "lru-cache": "bounded caches of configurations and verified tokens",
  mongodb: "reads the running MongoDB of the existing service; `ewms-admin` alone loads it",
  "openid-client": "the login of people by OpenID Connect; tokens for the MQS",
  pino: "structured logs at low cost",
  "pino-pretty": "readable logs on a terminal",
  "prom-client": "metrics for Prometheus",
  "rate-limiter-flexible": "counts requests of callers in Redis, for all web processes together",
  re2js: "regular expressions in linear time: no filter stalls the service",
  "redis-om": "repositories over hashes, without its search, which needs a Redis module",
  "swagger-ui-express": "the page under `/docs`",
  zod: "one schema validates a request and describes it",
};

/** The reason for each package that the client or its command line needs at run time. */
export const CLIENT_DEPENDENCY_REASONS: Record<string, string> = {
  "@cfworker/json-schema": "validates a request against the OpenAPI schema before sending; a tenth of ajv's size",
  "cli-table3": "aligns tables with characters of any width",
  commander: "commands, options, help",
  "csv-stringify": "quotes CSV",
  "eventsource-parser": "parses server-sent events; the `EventSource` of browsers cannot send a token",
  "log-update": "redraws progress in place",
  "openapi-fetch": "types each call by the OpenAPI document, with little code around `fetch`",
  "openid-client": "client credentials and the device flow; loaded only for these logins",
  yaml: "reads requests in YAML; gives line numbers for YAML and JSON",
};

/** The reason for each package that only the build of the client needs. */
export const CLIENT_DEV_DEPENDENCY_REASONS: Record<string, string> = {
  "openapi-typescript": "generates the client's types from the OpenAPI document",
  typescript: "for openapi-typescript, which needs the compiler API of TypeScript 5",
};

/** The reason for each package that only developers need, except `@types/…`. */
export const DEV_DEPENDENCY_REASONS: Record<string, string> = {
  "@biomejs/biome": "format and lint",
  "@dagrejs/dagre": "layout of the graph of tasks and queues on the page",
  "@preact/signals": "state of the page; redraws only what changed",
  "@swc/core": "parses TypeScript for dependency-cruiser: TypeScript 7 has no compiler API",
  ajv: "validates every response in the tests against the OpenAPI document",
  "axe-core": "accessibility checks in the tests of the page",
  autocannon: "load for the benchmarks",
  "dependency-cruiser": "checks the directions of imports",
  "fast-check": "property tests of the query engine",
  "smtp-server": "a real mail server, for the tests of notifications by e-mail",
  "oidc-provider": "a real OpenID Connect provider, for the tests of tokens and logins",
  "playwright-core": "tests of the dashboard and the page in a real browser",
  preact: "components of the page, in 5 KiB",
  "preact-iso": "addresses of the page's views",
  testcontainers: "a Redis in a container, for tests",
  tsx: "runs TypeScript without a build",
  typescript: "types",
  vite: "bundles the programs and the page",
  vitest: "tests",
  yaml: "parses the alerts, Prometheus' configuration and the workflows of CI in their tests",
};

/** The effect of each package's installation script, and why it is not needed. */
export const INSTALL_SCRIPTS: Record<string, string> = {
  "@scarf/scarf": "reports the installation to its authors, for swagger-ui-dist",
  "@swc/core": "looks for its binary, which is a separate package",
  "cpu-features": "compiles a helper of ssh2 that chooses a cipher; testcontainers uses no ssh here",
  esbuild: "replaces its launcher by its binary, which saves some milliseconds",
  "msgpackr-extract": "compiles a binary that exists as a separate package",
  protobufjs: "warns about versions",
  ssh2: "compiles faster ciphers, which are not used here",
};
