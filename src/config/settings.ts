import { z } from "zod";
import { clusterLocationsSchema } from "../domain/clusters.js";
import { DEFAULT_ENTITY_MAX_BYTES } from "../domain/entityLimits.js";
import { DEFAULT_HTTP_LIMITS as limits } from "../domain/httpLimits.js";
import {
  basePath,
  booleanFlag,
  claimRules,
  durationSeconds,
  hostNames,
  integer,
  json,
  optionalDays,
  optionalInteger,
  optionalProxies,
  optionalRedisHosts,
  optionalText,
  optionalUrl,
  port,
  publicUrl,
  roleRules,
  smtpUrl,
  text,
  timeoutSeconds,
  webAddresses,
} from "./settingTypes.js";

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** All settings by section. `npm run docs` generates the tables in `docs/operations/configure.md` from them. */
const SECTIONS = {
  HTTP: {
    REST_HOST: text("127.0.0.1").describe("address the API listens on"),
    REST_PORT: port.default(8080).describe("port of the API; 0: any free port"),
    BASE_PATH: basePath.meta({
      description: "path of the service behind a reverse proxy: `/wms`; the proxy may remove it from requests, or not",
      shownDefault: "the path of `PUBLIC_URL`",
    }),
    TRUST_PROXY: optionalProxies.describe(
      "trusted proxies for `X-Forwarded-For`: their number, or addresses and networks, comma-separated; unset: none",
    ),
  },
  Limits: {
    REQUEST_MAX_HEAD_BYTES: integer(limits.headBytes, 4096, 1024 * 1024).describe("maximum size of a request head"),
    REQUEST_MAX_BYTES: integer(limits.bodyBytes, 1024, 256 * 1024 * 1024).describe(
      "maximum size of a body, decompressed",
    ),
    REQUEST_MAX_VALUES: integer(limits.bodyValues, 1000).describe(
      "maximum number of keys and values in a body; a TMS reports about 20 for each taskforce",
    ),
    ENTITY_MAX_BYTES: integer(DEFAULT_ENTITY_MAX_BYTES, 1024).describe(
      "maximum size of what a user stores in one task directive or one taskforce, as JSON",
    ),
    REQUEST_HEAD_SECONDS: timeoutSeconds(limits.headSeconds).describe("maximum time for a request head to arrive"),
    REQUEST_SECONDS: timeoutSeconds(limits.requestSeconds).describe("maximum time for a whole request to arrive"),
    ANSWER_SECONDS: timeoutSeconds(limits.responseSeconds).describe(
      "maximum time from the request head to the last byte of the response",
    ),
    MAX_CONNECTIONS: integer(limits.connections, 1).describe("maximum number of connections to each web process"),
    MAX_CONNECTIONS_PER_ADDRESS: optionalInteger(1).meta({
      description: "maximum number of connections of one client address; trusted proxies are exempt",
      shownDefault: "a quarter of `MAX_CONNECTIONS`",
    }),
    EVENTS_HEARTBEAT_SECONDS: timeoutSeconds(15, 0.01).describe(
      "interval of heartbeats on an event stream, for proxies that close idle connections",
    ),
    EVENTS_MAX_SECONDS: timeoutSeconds(3600, 0.01).describe(
      "maximum duration of an event stream; the client is authorized again when it resumes",
    ),
    EVENTS_MAX_BUFFER_BYTES: integer(4 * 1024 * 1024, 1024).describe(
      "maximum size of unread events for a subscriber; beyond it the stream ends",
    ),
    RATE_LIMIT_PER_MINUTE: integer(0, 0).describe(
      "maximum number of requests of one caller per minute, over all web processes; 0: no limit",
    ),
  },
  Access: {
    AUTH_OPENID_URL: optionalUrl.describe(
      "OpenID Connect provider: its issuer or the URL of its discovery document; unset: authentication is off",
    ),
    AUTH_OPENID_ISSUERS: webAddresses.meta({
      description: "further issuers of this provider's tokens, if it has several host names, comma-separated",
      shownDefault: "",
    }),
    AUTH_AUDIENCE: optionalText.describe("required audience of tokens; unset: any"),
    AUTH_DISABLED: booleanFlag
      .default(false)
      .describe("`true`: authentication is off, also in production and for remote clients"),
    AUTH_ROLE_USER: roleRules(
      "ewms_role=user groups=/tokens/ewms-dev groups=/institutions/IceCube.*",
      "rule for users: `claim=regex` expressions for whole values, separated by blanks; `a.b`: claim `b` within `a`",
    ),
    AUTH_ROLE_SYSTEM_TMS: roleRules("ewms_role=system-tms", "rule for TMSes"),
    AUTH_ROLE_OPERATOR: roleRules("ewms_role=operator", "rule for operators"),
    OWNERSHIP: z
      .enum(["off", "enforced"], "expected off or enforced")
      .default("off")
      .describe("`enforced`: only its owner, a group of the owner, operators and TMSes may change a workflow"),
    OWNERSHIP_GROUPS: claimRules.meta({
      description:
        "groups whose members own each other's workflows: rules like those for roles, whose values are the groups",
      shownDefault: "none",
    }),
    AUTH_ROLE_VIEWER: roleRules("ewms_role=viewer", "rule for viewers, who read everything and change nothing"),
    ADMIN_USER: optionalText.describe("name for operators at `/` and `/admin/`; requires `ADMIN_PASSWORD`"),
    ADMIN_PASSWORD: optionalText.meta({ description: "password for operators", isSecret: true }),
    ADMIN_CLIENT_ID: optionalText.describe(
      "client id for the login of users, viewers and operators at the identity provider; requires `PUBLIC_URL`",
    ),
    ADMIN_CLIENT_SECRET: optionalText.meta({
      description: "secret of that client; unset: a public client",
      isSecret: true,
    }),
    PUBLIC_URL: publicUrl.describe(
      "address of the service for browsers: `https://wms.example.org`, or with a path: `https://example.org/wms`",
    ),
    ALLOWED_HOSTS: hostNames.meta({
      description:
        "while authentication is off: host names of the service beside localhost, `REST_HOST` and `PUBLIC_URL`, comma-separated",
      shownDefault: "",
    }),
    SESSION_SECRET: z.string().min(32, "is shorter than 32 characters").optional().meta({
      description:
        "key of the sessions of people, the same for all web processes; unset: each process generates its own",
      isSecret: true,
    }),
  },
  "Redis and data": {
    REDIS_URL: optionalText.meta({
      description:
        "Redis 6.2 or newer: `redis://`, `rediss://`, or `unix:///path?db=2`; no Redis set: `npm start` runs its own",
      isSecret: true,
    }),
    REDIS_CLUSTER_NODES: optionalRedisHosts.describe(
      "Redis Cluster: `host:port` of some of its nodes, comma-separated",
    ),
    REDIS_SENTINELS: optionalRedisHosts.describe(
      "sentinels: `host:port`, comma-separated; requires `REDIS_SENTINEL_NAME`",
    ),
    REDIS_SENTINEL_NAME: optionalText.describe("name of the master at the sentinels"),
    REDIS_SENTINEL_PASSWORD: optionalText.meta({
      description: "password of the sentinels; unset: none",
      isSecret: true,
    }),
    REDIS_USERNAME: optionalText.describe(
      "user at the Redis servers of a cluster or behind sentinels; unset: the default user",
    ),
    REDIS_PASSWORD: optionalText.meta({ description: "password at these Redis servers; unset: none", isSecret: true }),
    REDIS_TLS: booleanFlag
      .optional()
      .meta({ description: "`true`: TLS to these Redis servers and to the sentinels", shownDefault: "`false`" }),
    REDIS_TLS_CA: optionalText.describe(
      "file with the authorities for Redis' certificate, PEM; unset: those that Node trusts",
    ),
    REDIS_TLS_CERT: optionalText.describe("file with the client certificate for Redis, PEM; unset: none"),
    REDIS_TLS_KEY: optionalText.describe("file with its key, PEM"),
    REDIS_TLS_SERVER_NAME: optionalText.describe("name in Redis' certificate; unset: the host name"),
    DATA_DIR: text(".data").describe("data folder of the Redis that `npm start` runs"),
    STORE_PARTITIONS: integer(16, 1, 4096).describe(
      "number of partitions of the store; fixed for the life of the data",
    ),
    REDIS_WAIT_SECONDS: durationSeconds(60).describe("time that a start waits until Redis is there and has its data"),
    RECONCILE_SECONDS: durationSeconds(60, 0.1).describe("interval of reconcile"),
  },
  "Clusters and pilots": {
    CLUSTER_LOCATIONS: json.pipe(clusterLocationsSchema).optional().meta({
      description: 'JSON: `{"osg": {"schedd": "…"}, "OSG": {"alias_of": "osg"}}`; replaces the default',
      shownDefault:
        "`osg`, its aliases `OSG` and `sub-2`; outside production `test-alpha` → `SCHEDD1`, `test-beta` → `SCHEDD2`",
    }),
    CVMFS_PILOT_SINGULARITY_IMAGES_DIR: optionalText.describe(
      "directory of `ewms-pilot:<tag>` entries; unset: every well-formed tag is accepted as it is",
    ),
  },
  "Message queue service": {
    MQS_ADDRESS: optionalUrl.describe("address of the MQS; unset: an embedded MQS"),
    MQS_TOKEN_URL: optionalUrl.describe(
      "issuer, or its OAuth2 token endpoint, for client credentials; requires the next two settings",
    ),
    MQS_CLIENT_ID: optionalText.describe("client id"),
    MQS_CLIENT_SECRET: optionalText.meta({ description: "client secret", isSecret: true }),
    WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: durationSeconds(60).describe("wait after a failed activation; doubles"),
    MQS_BROKER_TYPE: text("rabbitmq").describe("`broker_type` in the profiles of the embedded MQS"),
    MQS_BROKER_ADDRESS: text("localhost:5672").describe("`broker_address`, likewise"),
    MQS_BROKER_AUTH_TOKEN: text("").meta({ description: "`auth_token`, likewise", isSecret: true }),
  },
  "Task management services": {
    TMS_LEASE_SECONDS: durationSeconds(300, 0.1).describe("duration of the lease of a handed-out taskforce"),
    TMS_RETRY_WAIT: durationSeconds(30).describe("wait after a failed condor-submit or condor-rm; doubles"),
    TMS_ACTION_RETRIES: integer(2, 0, 60).describe(
      "number of retries of a failed condor-submit; then the taskforce is a dead letter",
    ),
  },
  Webhooks: {
    WEBHOOK_ALLOW_PRIVATE: booleanFlag
      .default(false)
      .describe("`true`: webhooks may have private and local addresses, and `http://`"),
    WEBHOOK_RETRY_WAIT: durationSeconds(30).describe("wait after a failed call of a webhook; doubles"),
    SMTP_URL: smtpUrl.optional().meta({
      description: "`smtp://` or `smtps://` server for e-mail, with user and password if needed; unset: e-mail is off",
      isSecret: true,
    }),
    SMTP_FROM: optionalText.describe("sender of e-mail; required with `SMTP_URL`"),
    MAIL_DOMAINS: optionalText.describe("domains of allowed recipients, comma-separated; required with `SMTP_URL`"),
  },
  Queries: {
    USER_QUERY_MAX_BYTES: integer(10 * 1024 * 1024, 1024).describe("maximum size of a page of a query"),
    QUERY_MAX_BODY_BYTES: integer(limits.queryBodyBytes, 1024, 32 * 1024 * 1024).describe(
      "maximum size of the body of a query, decompressed",
    ),
    QUERY_MAX_SCAN: integer(100_000, 1).describe(
      "maximum number of entities that a query looks at for a page; then the page ends with `next_after`",
    ),
  },
  Retention: {
    RETENTION_DAYS: optionalDays.describe(
      "days after its end for which a workflow is kept; fractions allowed; requires `ARCHIVE_DIR`; unset: none is removed",
    ),
    ARCHIVE_DIR: optionalText.describe(
      "folder for files of the workflows that are removed, the same for all workers; `none`: removed without a copy",
    ),
    TOMBSTONE_DAYS: optionalDays
      .unwrap()
      .default(365)
      .describe("days for which a 404 says when a removed workflow was archived, and where"),
  },
  Metrics: {
    METRICS_TOKEN: z
      .string()
      .regex(/^[\x21-\x7e]+$/, { error: "must consist of visible ASCII characters" })
      .optional()
      .meta({ description: "bearer token for `/metrics`; unset: only local clients may read them", isSecret: true }),
    METRICS_PORT: port
      .optional()
      .describe("port of a worker process for `/metrics`, `/healthz` and `/readyz`; unset: none"),
  },
  Process: {
    NODE_ENV: optionalText.describe("`production`: refuses unsafe settings, has no test clusters"),
    WEB_CONCURRENCY: integer(1, 1, 256).describe(
      "number of web processes on one port under `npm start` and `npm run start:web`",
    ),
    LOG_LEVEL: z
      .string()
      .toLowerCase()
      .transform((level) => (level === "warning" ? "warn" : level === "critical" ? "fatal" : level))
      .pipe(z.enum(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(", ")}`))
      .default("info")
      .describe("`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`"),
    OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl.describe("OTLP/HTTP collector for traces; unset: tracing is off"),
    SHUTDOWN_GRACE_SECONDS: durationSeconds(0).describe(
      "time for which a web process still serves after SIGTERM, while `/readyz` answers 503",
    ),
    SHUTDOWN_SECONDS: durationSeconds(25, 0.1).describe(
      "time for open requests and running jobs after that, before they are cut off",
    ),
  },
};

/** Validates the environment variables. */
export const settingsSchema = z.object({
  ...SECTIONS["HTTP"],
  ...SECTIONS["Limits"],
  ...SECTIONS["Access"],
  ...SECTIONS["Redis and data"],
  ...SECTIONS["Clusters and pilots"],
  ...SECTIONS["Message queue service"],
  ...SECTIONS["Task management services"],
  ...SECTIONS["Webhooks"],
  ...SECTIONS["Queries"],
  ...SECTIONS["Retention"],
  ...SECTIONS["Metrics"],
  ...SECTIONS["Process"],
});

/** The validated environment variables. */
export type Settings = z.output<typeof settingsSchema>;

/** The documentation of a setting. */
interface SettingDocs {
  /** A phrase in Markdown. */
  description: string;
  /** Shown instead of the actual default. */
  shownDefault?: string;
  /** Whether a file may hold the value, and the log masks it; of an address, only its passwords. */
  isSecret?: true;
}

/** Returns the documentation of all settings, in the order of their sections. */
export const describeSettings = () =>
  Object.entries(SECTIONS).flatMap(([section, settings]) =>
    Object.entries(settings).map(([name, schema]) => ({
      section,
      name,
      fallback: schema.safeParse(undefined).data,
      ...(schema.meta() as unknown as SettingDocs),
    })),
  );

/** Returns the names of the settings whose values are secret. */
export const secretSettings = (): string[] =>
  describeSettings().flatMap(({ name, isSecret }) => (isSecret ? [name] : []));

/** An invalid setting. The message is one sentence that names it. */
export class ConfigError extends Error {
  override name = "ConfigError";
}
