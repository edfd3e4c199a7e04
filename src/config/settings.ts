import { z } from "zod";
import { claimRulesSchema } from "../domain/claimRules.js";
import { clusterLocationsSchema } from "../domain/clusters.js";
import { DEFAULT_HTTP_LIMITS } from "../domain/httpLimits.js";
import { redisHostsSchema } from "./redisHosts.js";
import { describeSetting, markSecret, type SettingDescription } from "./settingDescription.js";
import { trustedProxiesSchema } from "./trustedProxies.js";

const optionalText = z.string().optional();
const httpUrl = z
  .url({ protocol: /^https?$/, error: "is not an http(s) address" })
  .refine((value) => !/^\w+:\/\/[^/?#]*@/.test(value), "must not hold a user or a password");
const booleanFlag = z.stringbool({ error: "is neither true nor false" });
/** In milliseconds, a duration must fit into 31 bits: a longer timer of Node fires at once. */
const MAX_DURATION_SECONDS = 2_000_000;
const durationSeconds = (fallback: number, min = 0, max = MAX_DURATION_SECONDS) =>
  z.coerce.number().min(min).max(max).default(fallback);
/** One day. */
const MAX_TIMEOUT_SECONDS = 86_400;
const integerBetween = (min: number, max = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(min).max(max);

const roleSetting = (fallback: string, description: string) =>
  z
    .string()
    .default(fallback)
    .pipe(claimRulesSchema)
    .meta(describeSetting("Access", description, `\`${fallback.replaceAll(" ", "` `")}\``));

const json = z.string().transform((value, context) => {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    context.addIssue({ code: "custom", message: "is not JSON" });
    return z.NEVER;
  }
});

/**
 * All environment variables of the service, with validation, default and documentation. `npm run docs` generates the tables
 * in `docs/operations/configure.md` from it.
 */
export const settingsSchema = z.object({
  REST_HOST: z.string().default("127.0.0.1").meta(describeSetting("HTTP", "address the API listens on")),
  REST_PORT: integerBetween(0, 65535).default(8080).meta(describeSetting("HTTP", "port of the API; 0: any free port")),
  TRUST_PROXY: trustedProxiesSchema
    .optional()
    .meta(
      describeSetting(
        "HTTP",
        "trusted proxies for `X-Forwarded-For`: their number, or addresses and networks, comma-separated; unset: none",
      ),
    ),

  REQUEST_MAX_HEAD_BYTES: integerBetween(4096, 1024 * 1024)
    .default(DEFAULT_HTTP_LIMITS.headBytes)
    .meta(describeSetting("Limits", "maximum size of a request head")),
  REQUEST_MAX_BYTES: integerBetween(1024, 256 * 1024 * 1024)
    .default(DEFAULT_HTTP_LIMITS.bodyBytes)
    .meta(describeSetting("Limits", "maximum size of a body, decompressed")),
  REQUEST_MAX_VALUES: integerBetween(1000)
    .default(DEFAULT_HTTP_LIMITS.bodyValues)
    .meta(
      describeSetting(
        "Limits",
        "maximum number of keys and values in a body; a TMS reports about 20 for each taskforce",
      ),
    ),
  REQUEST_HEAD_SECONDS: durationSeconds(DEFAULT_HTTP_LIMITS.headSeconds, 0.1, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "maximum time for a request head to arrive"),
  ),
  REQUEST_SECONDS: durationSeconds(DEFAULT_HTTP_LIMITS.requestSeconds, 0.1, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "maximum time for a whole request to arrive"),
  ),
  ANSWER_SECONDS: durationSeconds(DEFAULT_HTTP_LIMITS.responseSeconds, 0.1, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "maximum time from the request head to the last byte of the answer"),
  ),
  MAX_CONNECTIONS: integerBetween(1)
    .default(DEFAULT_HTTP_LIMITS.connections)
    .meta(describeSetting("Limits", "maximum number of connections to each web process")),
  EVENTS_HEARTBEAT_SECONDS: durationSeconds(15, 0.01, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "interval of heartbeats on an event stream, for proxies that close idle connections"),
  ),
  EVENTS_MAX_SECONDS: durationSeconds(3600, 0.01, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "maximum duration of an event stream; the client is authorized again when it resumes"),
  ),
  EVENTS_MAX_BUFFER_BYTES: integerBetween(1024)
    .default(4 * 1024 * 1024)
    .meta(describeSetting("Limits", "maximum size of unread events for a subscriber; beyond it the stream ends")),
  RATE_LIMIT_PER_MINUTE: integerBetween(0)
    .default(0)
    .meta(
      describeSetting(
        "Limits",
        "maximum number of requests of one caller per minute, over all web processes; 0: no limit",
      ),
    ),

  AUTH_OPENID_URL: httpUrl
    .optional()
    .meta(
      describeSetting(
        "Access",
        "OpenID Connect provider: its issuer or the URL of its discovery document; unset: authentication is off",
      ),
    ),
  AUTH_AUDIENCE: optionalText.meta(describeSetting("Access", "required audience of tokens; unset: any")),
  AUTH_DISABLED: booleanFlag
    .default(false)
    .meta(describeSetting("Access", "`true`: authentication is off, also in production and for remote clients")),
  AUTH_ROLE_USER: roleSetting(
    "ewms_role=user groups=/tokens/ewms-dev groups=/institutions/IceCube.*",
    "rule for users: `claim=regex` expressions for whole values, separated by blanks; `a.b`: claim `b` within `a`",
  ),
  AUTH_ROLE_SYSTEM_TMS: roleSetting("ewms_role=system-tms", "rule for TMSes"),
  AUTH_ROLE_OPERATOR: roleSetting("ewms_role=operator", "rule for operators"),
  ADMIN_USER: optionalText.meta(
    describeSetting("Access", "name for operators at `/admin/`; requires `ADMIN_PASSWORD`"),
  ),
  ADMIN_PASSWORD: optionalText.meta(describeSetting("Access", "password for operators")),
  ADMIN_CLIENT_ID: optionalText.meta(
    describeSetting("Access", "client id for operators' login at the identity provider; requires `PUBLIC_URL`"),
  ),
  ADMIN_CLIENT_SECRET: optionalText.meta(describeSetting("Access", "secret of that client; unset: a public client")),
  PUBLIC_URL: httpUrl
    .refine(
      (address) => new URL(address).href === `${new URL(address).origin}/`,
      "must be http(s)://host:port, without a path",
    )
    .transform((address) => new URL(address).origin)
    .optional()
    .meta(describeSetting("Access", "address of the service for browsers: `https://wms.example.org`")),
  SESSION_SECRET: z
    .string()
    .min(32, "is shorter than 32 characters")
    .optional()
    .meta(
      describeSetting(
        "Access",
        "key of operators' sessions, the same for all web processes; unset: each process generates its own",
      ),
    ),

  REDIS_URL: optionalText.meta(
    markSecret(
      describeSetting(
        "Redis and data",
        "Redis 6.2 or newer; unset, and no cluster or sentinels: `npm start` runs its own Redis",
      ),
    ),
  ),
  REDIS_CLUSTER_NODES: redisHostsSchema
    .optional()
    .meta(describeSetting("Redis and data", "Redis Cluster: `host:port` of some of its nodes, comma-separated")),
  REDIS_SENTINELS: redisHostsSchema
    .optional()
    .meta(describeSetting("Redis and data", "sentinels: `host:port`, comma-separated; requires `REDIS_SENTINEL_NAME`")),
  REDIS_SENTINEL_NAME: optionalText.meta(describeSetting("Redis and data", "name of the master at the sentinels")),
  REDIS_SENTINEL_PASSWORD: optionalText.meta(
    markSecret(describeSetting("Redis and data", "password of the sentinels; unset: none")),
  ),
  REDIS_USERNAME: optionalText.meta(
    describeSetting(
      "Redis and data",
      "user at the Redis servers of a cluster or behind sentinels; unset: the default user",
    ),
  ),
  REDIS_PASSWORD: optionalText.meta(
    markSecret(describeSetting("Redis and data", "password at these Redis servers; unset: none")),
  ),
  REDIS_TLS: booleanFlag
    .optional()
    .meta(describeSetting("Redis and data", "`true`: TLS to these Redis servers and to the sentinels", "`false`")),
  DATA_DIR: z
    .string()
    .default(".data")
    .meta(describeSetting("Redis and data", "data folder of the Redis that `npm start` runs")),
  STORE_PARTITIONS: integerBetween(1, 4096)
    .default(16)
    .meta(describeSetting("Redis and data", "number of partitions of the store; fixed for the life of the data")),
  RECONCILE_SECONDS: durationSeconds(60, 0.1).meta(describeSetting("Redis and data", "interval of reconcile")),

  CLUSTER_LOCATIONS: json
    .pipe(clusterLocationsSchema)
    .optional()
    .meta(
      describeSetting(
        "Clusters and pilots",
        'JSON: `{"osg": {"schedd": "…"}, "OSG": {"alias_of": "osg"}}`; replaces the default',
        "`osg`, its aliases `OSG` and `sub-2`; outside production `test-alpha` → `SCHEDD1`, `test-beta` → `SCHEDD2`",
      ),
    ),
  CVMFS_PILOT_SINGULARITY_IMAGES_DIR: optionalText.meta(
    describeSetting(
      "Clusters and pilots",
      "directory of `ewms-pilot:<tag>` entries; unset: every well-formed tag is accepted as it is",
    ),
  ),

  MQS_ADDRESS: httpUrl
    .optional()
    .meta(describeSetting("Message queue service", "address of the MQS; unset: an embedded MQS")),
  MQS_TOKEN_URL: httpUrl
    .optional()
    .meta(
      describeSetting(
        "Message queue service",
        "OAuth2 token endpoint for client credentials; requires the next two settings",
      ),
    ),
  MQS_CLIENT_ID: optionalText.meta(describeSetting("Message queue service", "client id")),
  MQS_CLIENT_SECRET: optionalText.meta(markSecret(describeSetting("Message queue service", "client secret"))),
  WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: durationSeconds(60).meta(
    describeSetting("Message queue service", "wait after a failed activation; doubles"),
  ),
  MQS_BROKER_TYPE: z
    .string()
    .default("rabbitmq")
    .meta(describeSetting("Message queue service", "`broker_type` in the profiles of the embedded MQS")),
  MQS_BROKER_ADDRESS: z
    .string()
    .default("localhost:5672")
    .meta(describeSetting("Message queue service", "`broker_address`, likewise")),
  MQS_BROKER_AUTH_TOKEN: z
    .string()
    .default("")
    .meta(markSecret(describeSetting("Message queue service", "`auth_token`, likewise"))),

  TMS_LEASE_SECONDS: durationSeconds(300, 0.1).meta(
    describeSetting("Task management services", "duration of the lease of a handed-out taskforce"),
  ),
  TMS_RETRY_WAIT: durationSeconds(30).meta(
    describeSetting("Task management services", "wait after a failed condor-submit or condor-rm; doubles"),
  ),
  TMS_ACTION_RETRIES: integerBetween(0, 60)
    .default(2)
    .meta(
      describeSetting(
        "Task management services",
        "number of retries of a failed condor-submit; then the taskforce is a dead letter",
      ),
    ),

  USER_QUERY_MAX_BYTES: integerBetween(1024)
    .default(10 * 1024 * 1024)
    .meta(describeSetting("Queries", "maximum size of a page of a query")),
  QUERY_MAX_SCAN: integerBetween(1)
    .default(1_000_000)
    .meta(describeSetting("Queries", "maximum number of entities that a query reads for a page")),

  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: "must consist of visible ASCII characters" })
    .optional()
    .meta(describeSetting("Metrics", "bearer token for `/metrics`; unset: only local clients may read them")),
  METRICS_PORT: integerBetween(0, 65535)
    .optional()
    .meta(describeSetting("Metrics", "port of a worker process for `/metrics`, `/healthz` and `/readyz`; unset: none")),

  NODE_ENV: optionalText.meta(
    describeSetting("Process", "`production`: refuses unsafe settings, has no test clusters"),
  ),
  WEB_CONCURRENCY: integerBetween(1, 256)
    .default(1)
    .meta(describeSetting("Process", "number of web processes on one port under `npm start` and `npm run start:web`")),
  LOG_LEVEL: z
    .string()
    .toLowerCase()
    .transform((level) => (level === "warning" ? "warn" : level === "critical" ? "fatal" : level))
    .pipe(z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]))
    .default("info")
    .meta(describeSetting("Process", "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`")),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .meta(describeSetting("Process", "OTLP/HTTP collector for traces; unset: tracing is off")),
  SHUTDOWN_GRACE_SECONDS: durationSeconds(0).meta(
    describeSetting("Process", "time for which a web process still serves after SIGTERM, while `/readyz` answers 503"),
  ),
  SHUTDOWN_SECONDS: durationSeconds(25, 0.1).meta(
    describeSetting("Process", "time for open requests and running jobs after that, before they are cut off"),
  ),
});

/** The validated environment variables. */
export type Settings = z.output<typeof settingsSchema>;

/** Returns the documentation of all settings. */
export const describeSettings = (): (SettingDescription & { name: string; fallback: unknown })[] =>
  Object.entries(settingsSchema.shape).map(([name, schema]) => ({
    ...(schema.meta() as unknown as SettingDescription),
    name,
    fallback: schema.safeParse(undefined).data,
  }));
