import { z } from "zod";
import { claimRulesSchema } from "../domain/claimRules.js";
import { clusterLocationsSchema } from "../domain/clusters.js";
import { DEFAULT_HTTP_LIMITS } from "../domain/httpLimits.js";
import { redisHostsSchema } from "./redisHosts.js";
import { describeSetting, markSecret, type SettingDescription } from "./settingDescription.js";
import { trustedProxiesSchema } from "./trustedProxies.js";

const optionalText = z.string().optional();
const httpUrl = z
  .url({ protocol: /^https?$/, error: "is no http(s) address" })
  .refine((value) => !/^\w+:\/\/[^/?#]*@/.test(value), "must not hold a user or a password");
const booleanFlag = z.stringbool({ error: "is neither true nor false" });
/** In milliseconds, the longest duration must fit into a timer's 31 bits: a longer one would end at once. */
const MAX_DURATION_SECONDS = 2_000_000;
const durationSeconds = (fallback: number, min = 0, max = MAX_DURATION_SECONDS) =>
  z.coerce.number().min(min).max(max).default(fallback);
/** Seconds: a day, well below where a timer of Node would overflow and fire at once. */
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
 * Every environment variable that the service reads, with its check, its default and what the documentation says of it.
 * `docs/operations/configure.md` is made from here.
 */
export const settingsSchema = z.object({
  REST_HOST: z.string().default("127.0.0.1").meta(describeSetting("HTTP", "address the API listens on")),
  REST_PORT: integerBetween(0, 65535).default(8080).meta(describeSetting("HTTP", "its port; 0: any free one")),
  TRUST_PROXY: trustedProxiesSchema
    .optional()
    .meta(
      describeSetting(
        "HTTP",
        "whose `X-Forwarded-For` is believed: how many proxies stand in front, or their addresses and networks, with commas between; unset: nobody's",
      ),
    ),

  REQUEST_MAX_HEAD_BYTES: integerBetween(4096, 1024 * 1024)
    .default(DEFAULT_HTTP_LIMITS.headBytes)
    .meta(describeSetting("Limits", "the longest head of a request")),
  REQUEST_MAX_BYTES: integerBetween(1024, 256 * 1024 * 1024)
    .default(DEFAULT_HTTP_LIMITS.bodyBytes)
    .meta(describeSetting("Limits", "the longest body, once inflated")),
  REQUEST_MAX_VALUES: integerBetween(1000)
    .default(DEFAULT_HTTP_LIMITS.bodyValues)
    .meta(describeSetting("Limits", "keys and values in a body; a TMS reports some 20 for each taskforce")),
  REQUEST_HEAD_SECONDS: durationSeconds(DEFAULT_HTTP_LIMITS.headSeconds, 0.1, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "for the head of a request to arrive"),
  ),
  REQUEST_SECONDS: durationSeconds(DEFAULT_HTTP_LIMITS.requestSeconds, 0.1, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "for a whole request to arrive"),
  ),
  ANSWER_SECONDS: durationSeconds(DEFAULT_HTTP_LIMITS.responseSeconds, 0.1, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "from the head of a request to the last byte of its answer that the client takes"),
  ),
  MAX_CONNECTIONS: integerBetween(1)
    .default(DEFAULT_HTTP_LIMITS.connections)
    .meta(describeSetting("Limits", "connections at a time to each web process")),
  EVENTS_HEARTBEAT_SECONDS: durationSeconds(15, 0.01, MAX_TIMEOUT_SECONDS).meta(
    describeSetting("Limits", "between two signs of life on a stream of events, for proxies that end what is idle"),
  ),
  EVENTS_MAX_SECONDS: durationSeconds(3600, 0.01, MAX_TIMEOUT_SECONDS).meta(
    describeSetting(
      "Limits",
      "after which a stream of events ends, so that its client is checked anew when it resumes",
    ),
  ),
  EVENTS_MAX_BUFFER_BYTES: integerBetween(1024)
    .default(4 * 1024 * 1024)
    .meta(
      describeSetting("Limits", "events that wait for a watcher which does not read; beyond, it has to come again"),
    ),
  RATE_LIMIT_PER_MINUTE: integerBetween(0)
    .default(0)
    .meta(describeSetting("Limits", "requests of one caller in a minute, all web processes together; 0: any number")),

  AUTH_OPENID_URL: httpUrl
    .optional()
    .meta(
      describeSetting(
        "Access",
        "the OpenID Connect provider whose tokens count: its issuer, or the address of its discovery document; unset: tokens are not checked",
      ),
    ),
  AUTH_AUDIENCE: optionalText.meta(describeSetting("Access", "whom tokens must be meant for; unset: anybody")),
  AUTH_DISABLED: booleanFlag
    .default(false)
    .meta(
      describeSetting("Access", "`true`: tokens are not checked, in production and for others than this machine too"),
    ),
  AUTH_ROLE_USER: roleSetting(
    "ewms_role=user groups=/tokens/ewms-dev groups=/institutions/IceCube.*",
    "who is a user: `claim=regex` expressions with blanks between them, each for a whole value; `a.b` is claim `b` within `a`",
  ),
  AUTH_ROLE_SYSTEM_TMS: roleSetting("ewms_role=system-tms", "the same for a TMS"),
  AUTH_ROLE_OPERATOR: roleSetting("ewms_role=operator", "the same for an operator"),
  ADMIN_USER: optionalText.meta(
    describeSetting("Access", "name by which operators get at `/admin/`; with the next one"),
  ),
  ADMIN_PASSWORD: optionalText.meta(describeSetting("Access", "their password")),
  ADMIN_CLIENT_ID: optionalText.meta(
    describeSetting(
      "Access",
      "this service as a client of the identity provider, through which operators log in instead; with `PUBLIC_URL`",
    ),
  ),
  ADMIN_CLIENT_SECRET: optionalText.meta(
    describeSetting("Access", "the client's secret; unset: it is a public client"),
  ),
  PUBLIC_URL: httpUrl
    .refine((address) => new URL(address).href === `${new URL(address).origin}/`, "is more than http(s)://host:port")
    .transform((address) => new URL(address).origin)
    .optional()
    .meta(describeSetting("Access", "where browsers reach the service: `https://wms.example.org`")),
  SESSION_SECRET: z
    .string()
    .min(32, "is shorter than 32 characters")
    .optional()
    .meta(
      describeSetting("Access", "keeps operators' sessions; the same for all web processes; unset: each makes its own"),
    ),

  REDIS_URL: optionalText.meta(
    markSecret(
      describeSetting(
        "Redis and data",
        "the Redis (6.2 or newer) to use; unset, as the next ones: the service starts one of its own",
      ),
    ),
  ),
  REDIS_CLUSTER_NODES: redisHostsSchema
    .optional()
    .meta(
      describeSetting(
        "Redis and data",
        "a Redis Cluster to use instead: `host:port` of some of its nodes, with commas between",
      ),
    ),
  REDIS_SENTINELS: redisHostsSchema
    .optional()
    .meta(
      describeSetting("Redis and data", "the same of the sentinels that know which Redis to use; with the next one"),
    ),
  REDIS_SENTINEL_NAME: optionalText.meta(describeSetting("Redis and data", "what the sentinels call its master")),
  REDIS_SENTINEL_PASSWORD: optionalText.meta(
    markSecret(describeSetting("Redis and data", "password of the sentinels; unset: they want none")),
  ),
  REDIS_USERNAME: optionalText.meta(
    describeSetting("Redis and data", "user of the Redis servers of a cluster or behind sentinels; unset: the default"),
  ),
  REDIS_PASSWORD: optionalText.meta(
    markSecret(describeSetting("Redis and data", "their password; unset: they want none")),
  ),
  REDIS_TLS: booleanFlag
    .optional()
    .meta(describeSetting("Redis and data", "`true`: they, and the sentinels, are spoken to through TLS", "`false`")),
  DATA_DIR: z
    .string()
    .default(".data")
    .meta(describeSetting("Redis and data", "where a Redis of its own keeps its data")),
  STORE_PARTITIONS: integerBetween(1, 4096)
    .default(16)
    .meta(describeSetting("Redis and data", "parts of the store; may never change for the data of one Redis")),
  RECONCILE_SECONDS: durationSeconds(60, 0.1).meta(
    describeSetting("Redis and data", "how often the queues are compared with the phases"),
  ),

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
      "directory of `ewms-pilot:<tag>` entries; unset: every well-formed tag stands for itself",
    ),
  ),

  MQS_ADDRESS: httpUrl.optional().meta(describeSetting("Message queue service", "the MQS; unset: an embedded one")),
  MQS_TOKEN_URL: httpUrl
    .optional()
    .meta(describeSetting("Message queue service", "OAuth2 token endpoint for client credentials; with the next two")),
  MQS_CLIENT_ID: optionalText.meta(describeSetting("Message queue service", "the client's id")),
  MQS_CLIENT_SECRET: optionalText.meta(markSecret(describeSetting("Message queue service", "the client's secret"))),
  WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: durationSeconds(60).meta(
    describeSetting("Message queue service", "wait after an activation that did not succeed; doubles"),
  ),
  MQS_BROKER_TYPE: z
    .string()
    .default("rabbitmq")
    .meta(describeSetting("Message queue service", "what the embedded MQS hands out as `broker_type`")),
  MQS_BROKER_ADDRESS: z
    .string()
    .default("localhost:5672")
    .meta(describeSetting("Message queue service", "the same for `broker_address`")),
  MQS_BROKER_AUTH_TOKEN: z
    .string()
    .default("")
    .meta(markSecret(describeSetting("Message queue service", "the same for `auth_token`"))),

  TMS_LEASE_SECONDS: durationSeconds(300, 0.1).meta(
    describeSetting("Task management services", "how long a taskforce that was handed out is nobody else's"),
  ),
  TMS_RETRY_WAIT: durationSeconds(30).meta(
    describeSetting("Task management services", "wait after a failed condor-submit or condor-rm; doubles"),
  ),
  TMS_ACTION_RETRIES: integerBetween(0, 60)
    .default(2)
    .meta(
      describeSetting(
        "Task management services",
        "failed condor-submits that are tried again before a taskforce is given up",
      ),
    ),

  USER_QUERY_MAX_BYTES: integerBetween(1024)
    .default(10 * 1024 * 1024)
    .meta(describeSetting("Queries", "the longest page of a query")),
  QUERY_MAX_SCAN: integerBetween(1)
    .default(1_000_000)
    .meta(describeSetting("Queries", "entities that one query may look at to fill its page")),

  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: "holds blanks, or what no HTTP header can carry" })
    .optional()
    .meta(
      describeSetting("Metrics", "bearer token for `/metrics`; unset: only programs on the same machine may read it"),
    ),
  METRICS_PORT: integerBetween(0, 65535)
    .optional()
    .meta(
      describeSetting(
        "Metrics",
        "port at which a process that is only a worker shows `/metrics`, `/healthz` and `/readyz`; unset: none",
      ),
    ),

  NODE_ENV: optionalText.meta(
    describeSetting("Process", "`production` refuses unsafe settings and knows no test clusters"),
  ),
  WEB_CONCURRENCY: integerBetween(1, 256)
    .default(1)
    .meta(
      describeSetting("Process", "web processes at one port that `npm start` and `npm run start:web` keep running"),
    ),
  LOG_LEVEL: z
    .string()
    .toLowerCase()
    .transform((level) => (level === "warning" ? "warn" : level === "critical" ? "fatal" : level))
    .pipe(z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]))
    .default("info")
    .meta(describeSetting("Process", "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`")),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .meta(describeSetting("Process", "OTLP/HTTP collector that gets traces; unset: nothing is traced")),
  SHUTDOWN_GRACE_SECONDS: durationSeconds(0).meta(
    describeSetting("Process", "how long a web process that was told to end goes on while `/readyz` says 503"),
  ),
  SHUTDOWN_SECONDS: durationSeconds(25, 0.1).meta(
    describeSetting("Process", "how long requests and jobs under way may then take to end, before they are cut off"),
  ),
});

/** The settings as the environment gives them, checked. */
export type Settings = z.output<typeof settingsSchema>;

/** What the documentation says of each setting. */
export const describeSettings = (): (SettingDescription & { name: string; fallback: unknown })[] =>
  Object.entries(settingsSchema.shape).map(([name, schema]) => ({
    ...(schema.meta() as unknown as SettingDescription),
    name,
    fallback: schema.safeParse(undefined).data,
  }));
